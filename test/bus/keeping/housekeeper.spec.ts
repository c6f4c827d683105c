import { expect } from 'chai';
import { firstValueFrom, lastValueFrom, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { memoryStore } from '../../../src/adapters/memory/index.ts';
import { DEAD_MS, Housekeeper, type HousekeeperOptions } from '../../../src/bus/keeping/housekeeper.ts';
import type { Notice } from '../../../src/core/notice.ts';
import { perPriority } from '../../../src/core/priority.ts';
import type { StreamStore, TrimBounds } from '../../../src/core/store.ts';
import { StoreUnavailableError } from '../../../src/core/storeErrors.ts';
import { record } from '../../adapters/redis/support.ts';

const EVERY_MS = 1_000;
const PARTITION = 'main.0';

/** A store in virtual time, housekeepers over it, and what they told. */
class World {
  readonly scheduler = new TestScheduler(() => undefined);
  readonly store: StreamStore = memoryStore({ scheduler: this.scheduler });
  readonly notices: Notice[] = [];
  readonly keepers: Housekeeper[] = [];

  keep(bounds: TrimBounds = { maxEntries: 10 }, more: Partial<HousekeeperOptions> = {}): Housekeeper {
    const keeper = new Housekeeper({
      store: this.store,
      streams: [{ name: 'main', partitions: [PARTITION], bounds }],
      everyMs: EVERY_MS,
      notify: (notice) => this.notices.push(notice),
      scheduler: this.scheduler,
      random: () => 0,
      ...more,
    });
    keeper.start();
    this.keepers.push(keeper);
    return keeper;
  }

  append(count: number): void {
    this.store
      .append(
        PARTITION,
        Array.from({ length: count }, () => record('x'.repeat(1_000))),
      )
      .subscribe();
  }

  group(name: string): void {
    this.store.createGroup({ stream: PARTITION, group: name, pattern: '*', start: 'earliest' }).subscribe();
  }

  /** Lets so much time pass, everything that is due in it included. */
  pass(ms: number): void {
    this.scheduler.maxFrames = this.scheduler.frame + ms;
    const end = this.scheduler.schedule(() => undefined, ms);
    this.scheduler.flush();
    end.unsubscribe();
  }

  /** Appends so many, and rejects them. */
  async bury(count: number): Promise<void> {
    const member = { stream: PARTITION, group: 'g', consumer: 'c' };
    this.group('g');
    this.store.join(member, 1e9).subscribe();
    this.append(count);
    const credit = perPriority(() => count);
    this.store.take({ member, credit, waitMs: 0, inHand: () => [] }).subscribe(({ entries }) => {
      const outcome = { kind: 'reject', error: new Error('no') } as const;
      const settlements = entries.map(({ priority, id, attempt }) => ({ priority, id, attempt, outcome }));
      this.store.settle(member, settlements).subscribe();
    });
  }

  async letters(): Promise<number> {
    return (await firstValueFrom(this.store.stats(PARTITION))).deadLetters;
  }

  get codes(): readonly string[] {
    return this.notices.map(({ code }) => code);
  }

  async length(): Promise<number> {
    return (await firstValueFrom(this.store.stats(PARTITION))).lanes.normal.length;
  }

  async groups(): Promise<readonly string[]> {
    return (await firstValueFrom(this.store.stats(PARTITION))).groups.map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const keeper of this.keepers) keeper.stop();
    await lastValueFrom(this.store.close());
  }
}

describe('Housekeeper', () => {
  it('trims a stream that nobody publishes to', async () => {
    await using world = new World();
    world.append(100);
    world.keep();
    world.pass(EVERY_MS - 1);
    expect(await world.length()).to.equal(100);
    world.pass(1);
    expect(await world.length()).to.equal(10);
  });

  it('goes on, at least everyMs apart, by lot up to half of it more', async () => {
    await using world = new World();
    let calls = 0;
    const counted = {
      ...bound(world.store),
      trim: (...args: Parameters<StreamStore['trim']>) => {
        calls += 1;
        return world.store.trim(...args);
      },
    };
    world.keep({ maxEntries: 10 }, { store: counted, random: () => 1 });
    world.pass(EVERY_MS * 1.5 - 1);
    expect(calls).to.equal(0);
    world.pass(1);
    expect(calls).to.equal(1);
    world.pass(EVERY_MS * 15);
    expect(calls).to.equal(11);
  });

  it('is one process at a time, however many look', async () => {
    await using world = new World();
    let calls = 0;
    const counted = {
      ...bound(world.store),
      trim: (...args: Parameters<StreamStore['trim']>) => {
        calls += 1;
        return world.store.trim(...args);
      },
    };
    for (let n = 0; n < 5; n += 1) world.keep({ maxEntries: 10 }, { store: counted, random: () => n / 5 });
    world.pass(EVERY_MS * 20);
    expect(calls).to.be.within(13, 20);
  });

  it('does nothing once stopped', async () => {
    await using world = new World();
    world.append(100);
    world.keep().stop();
    world.pass(EVERY_MS * 10);
    expect(await world.length()).to.equal(100);
  });

  it('tidies a stream without bounds, and trims nothing', async () => {
    await using world = new World();
    world.append(100);
    world.group('g');
    world.store.join({ stream: PARTITION, group: 'g', consumer: 'c' }, 10).subscribe();
    world.keep({});
    world.pass(DEAD_MS + 2 * EVERY_MS);
    expect(await world.length()).to.equal(100);
    let code = '';
    world.store
      .renew({ stream: PARTITION, group: 'g', consumer: 'c' }, 10)
      .subscribe({ error: (error) => (code = error.code) });
    expect(code).to.equal('FENCED');
  });

  it('tells each time what was removed though it was owed', async () => {
    await using world = new World();
    world.group('slow');
    world.append(100);
    world.keep({ maxBytes: 20_000 });
    world.pass(EVERY_MS);
    expect(world.codes).to.deep.equal(['RETENTION_FORCED']);
    expect(world.notices[0]?.message).to.match(
      /^stream 'main.0' had more bytes .* \d\d messages that group 'slow' owed/,
    );
    world.pass(EVERY_MS * 5);
    expect(world.codes).to.have.length(1);
    world.append(100);
    world.pass(EVERY_MS);
    expect(world.codes).to.deep.equal(['RETENTION_FORCED', 'RETENTION_FORCED']);
  });

  it('tells once which group holds a stream back, until it does no more', async () => {
    await using world = new World();
    world.group('slow');
    world.append(100);
    world.keep();
    world.pass(EVERY_MS * 5);
    expect(world.codes).to.deep.equal(['RETENTION_HELD']);
    expect(world.notices[0]?.message).to.contain("keeps 90 entries beyond its bounds, since group 'slow' owes them");
    world.store.removeGroup({ stream: PARTITION, group: 'slow', force: true }).subscribe();
    world.pass(EVERY_MS);
    expect(await world.length()).to.equal(10);
    world.group('slow');
    world.append(100);
    world.pass(EVERY_MS);
    expect(world.codes).to.deep.equal(['RETENTION_HELD', 'RETENTION_HELD']);
  });

  it('removes a group that nobody reads any more, and tells once of one that owes', async () => {
    await using world = new World();
    world.group('owes');
    world.append(1);
    world.store.createGroup({ stream: PARTITION, group: 'done', pattern: '*', start: 'latest' }).subscribe();
    world.keep({}, { expireMs: EVERY_MS });
    world.pass(EVERY_MS * 6);
    expect([...world.codes].sort()).to.deep.equal(['GROUP_ABANDONED', 'GROUP_EXPIRED']);
    expect(await world.groups()).to.deep.equal(['owes']);
  });

  it('removes a group that owes if it is to, and says how much', async () => {
    await using world = new World();
    world.group('owes');
    world.append(3);
    world.keep({}, { expireMs: EVERY_MS, force: true });
    world.pass(EVERY_MS * 4);
    expect(world.notices.map(({ level, code }) => [level, code])).to.deep.equal([['warn', 'GROUP_EXPIRED']]);
    expect(world.notices[0]?.message).to.contain('the 3 entries that it owed are dropped');
    expect(await world.groups()).to.deep.equal([]);
  });

  it('removes dead letters by age and by number, a page at a time, and says how many', async () => {
    await using world = new World();
    await world.bury(250);
    world.pass(EVERY_MS * 5);
    await world.bury(20);
    const aged = world.keep({}, { letters: { maxAgeMs: EVERY_MS * 4 } });
    world.pass(EVERY_MS);
    expect(await world.letters()).to.equal(20);
    aged.stop();
    world.keep({}, { letters: { maxEntries: 7 } });
    world.pass(EVERY_MS * 2);
    expect(await world.letters()).to.equal(7);
    expect(world.codes).to.deep.equal(['DEAD_LETTERS_EXPIRED', 'DEAD_LETTERS_EXPIRED']);
    expect(world.notices.map(({ message }) => message.split(' ')[0])).to.deep.equal(['250', '13']);
  });

  it('keeps dead letters for ever unless told otherwise', async () => {
    await using world = new World();
    await world.bury(3);
    world.keep();
    world.pass(EVERY_MS * 100);
    expect(await world.letters()).to.equal(3);
  });

  it('tells once that it fails, and goes on', async () => {
    await using world = new World();
    world.append(100);
    let broken = true;
    const store = {
      ...bound(world.store),
      trim: (...args: Parameters<StreamStore['trim']>) =>
        broken ? throwError(() => new StoreUnavailableError('it is away')) : world.store.trim(...args),
    };
    world.keep({ maxEntries: 10 }, { store });
    world.pass(EVERY_MS * 5);
    expect(world.codes).to.deep.equal(['TRIM_FAILED']);
    broken = false;
    world.pass(EVERY_MS);
    expect(await world.length()).to.equal(10);
    broken = true;
    world.pass(EVERY_MS);
    expect(world.codes).to.deep.equal(['TRIM_FAILED', 'TRIM_FAILED']);
  });
});

/** The store's calls, to be spread. */
function bound(store: StreamStore): StreamStore {
  return new Proxy({} as StreamStore, {
    ownKeys: () => CALLS,
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (_, name) => {
      const value = store[name as keyof StreamStore];
      return typeof value === 'function' ? value.bind(store) : value;
    },
  });
}

const CALLS: readonly (keyof StreamStore)[] = ['name', 'features', 'takeTokens', 'setLimits', 'trim', 'tidy'];
