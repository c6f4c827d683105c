import { expect } from 'chai';
import { defer, of, type Subscription, throwError, timer } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { memoryStore } from '../../src/adapters/memory/index.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Attendee, StreamStore } from '../../src/core/store.ts';
import { StoreAuthError, StoreUnavailableError } from '../../src/core/storeErrors.ts';
import { batch } from '../../src/operators/batch.ts';
import { type FromTopicsOptions, fromTopics, type TopicsPort } from '../../src/sources/fromTopics.ts';
import { record, TestTopics } from '../support/topicsPort.ts';
import { VirtualTime } from '../support/virtualTime.ts';

const PARTITIONS = ['orders.0', 'orders.1', 'orders.2', 'orders.3'];
/** Odd, so that no two timers go off at once. */
const LEASE_MS = 1_013;

describe('SharedPartitions', () => {
  let scheduler: TestScheduler;
  let topics: TestTopics;
  let log: string[];

  beforeEach(() => {
    scheduler = new VirtualTime();
    topics = new TestTopics();
    log = [];
  });

  const port = (overrides: Partial<TopicsPort> = {}) =>
    topics.port({ streamsOf: () => PARTITIONS, leaseMs: LEASE_MS, waitMs: 607, ...overrides });

  function source(options: Partial<FromTopicsOptions> = {}) {
    return fromTopics(port(), 'a.*', { group: 'g', orderBy: 'key', drainMs: 211, ...options });
  }

  /** Starts a consumer that logs what it is handed: `one a1`. */
  function start(name: string, each: (delivery: Delivery) => void, options: Partial<FromTopicsOptions> = {}) {
    return source(options).subscribe((delivery) => {
      log.push(`${name} ${delivery.data}`);
      each(delivery);
    });
  }

  function append(partition: string, ...names: readonly string[]): void {
    const records = names.map((name) => record(name, { meta: JSON.stringify({ key: name[0] }) }));
    topics.store.append(partition, records).subscribe();
  }

  /** What happens when, in ms. */
  function play(script: Readonly<Record<number, () => void>>): void {
    scheduler.run(({ flush }) => {
      for (const [ms, run] of Object.entries(script)) timer(Number(ms) + 0.5).subscribe(run);
      flush();
    });
  }

  /** The name of the consumer of each partition. */
  function owners(): readonly string[] {
    return PARTITIONS.map((partition) => {
      let names = '';
      topics.store.stats(partition).subscribe(({ groups }) => {
        names = (groups[0]?.consumers ?? []).map(({ name }) => name).join();
      });
      return names;
    });
  }

  function attend(attendee: Attendee, leaseMs = LEASE_MS): readonly Attendee[] {
    let list: readonly Attendee[] = [];
    topics.store.attend({ stream: 'orders', group: 'g', attendee }, leaseMs).subscribe((all) => {
      list = all;
    });
    return list;
  }

  const ack = (delivery: Delivery) => void delivery.ack();
  const hold = () => undefined;

  it('has each partition read by one, and shares them evenly as consumers come and go', () => {
    const seen: number[][] = [];
    const running: Subscription[] = [];
    // Each partition has a reader with a name of its own: who owns how many is what the attendees say.
    const loads = () => {
      const list = attend({ name: 'zz', owns: [] }, 0);
      topics.store.depart({ stream: 'orders', group: 'g', attendee: { name: 'zz', owns: [] } }).subscribe();
      seen.push(
        list
          .filter(({ name }) => name !== 'zz')
          .map(({ owns }) => owns.length)
          .sort(),
      );
    };
    play({
      0: () => running.push(start('one', ack)),
      1000: loads,
      1100: () => running.push(start('two', ack)),
      2100: loads,
      2200: () => running.push(start('three', ack)),
      3200: loads,
      3300: () => running[0]?.unsubscribe(),
      4300: () => {
        loads();
        expect(owners().every((owner) => owner !== '' && !owner.includes(','))).to.equal(true);
      },
      4400: () => running.forEach((each) => void each.unsubscribe()),
    });
    expect(seen).to.deep.equal([[4], [2, 2], [1, 1, 2], [2, 2]]);
    expect(owners()).to.deep.equal(['', '', '', '']);
  });

  it('lets what is out settle before another reads on, in order', () => {
    append('orders.3', 'a1', 'a2', 'a3');
    const running: Subscription[] = [];
    play({
      0: () => running.push(start('one', (delivery) => timer(150).subscribe(() => delivery.ack()))),
      100: () => running.push(start('two', ack)),
      3000: () => running.forEach((each) => void each.unsubscribe()),
    });
    expect(log.map((line) => line.split(' ')[1])).to.deep.equal(['a1', 'a2', 'a3']);
    expect(log[0]).to.equal('one a1');
    expect(log.at(-1)).to.equal('two a3');
  });

  it('gives back what is still out after drainMs, and says so', () => {
    append('orders.3', 'a1', 'a2');
    const running: Subscription[] = [];
    play({
      0: () => running.push(start('one', hold)),
      100: () => running.push(start('two', ack)),
      3000: () => running.forEach((each) => void each.unsubscribe()),
    });
    expect(log).to.deep.equal(['one a1', 'two a1', 'two a2']);
    expect(topics.notices.map(({ code }) => code)).to.deep.equal(['UNSETTLED']);
  });

  it('gives back what is still out sooner, if it is closed while that may take longer', () => {
    append('orders.3', 'a1');
    const events: string[] = [];
    let running: Subscription | undefined;
    play({
      0: () => (running = source({ drainMs: 100_000 }).subscribe(hold)),
      100: () => running?.unsubscribe(),
      200: () => topics.readers[0]?.close(300).subscribe({ complete: () => events.push('ended') }),
      600: () => events.push('later'),
    });
    expect(events).to.deep.equal(['ended', 'later']);
  });

  it('takes over from one that is not heard of any more, once its leases are over', () => {
    const dead = { stream: 'orders.2', group: 'g', consumer: 'dead' };
    const at: number[] = [];
    let running: Subscription;
    play({
      0: () => {
        append('orders.2', 'a1', 'a2');
        topics.store.createGroup({ stream: 'orders.2', group: 'g', pattern: 'a.*', start: 'earliest' }).subscribe();
        topics.store.join(dead, 503, { exclusive: true }).subscribe();
        const credit = { critical: 1, high: 1, normal: 1, low: 1 };
        topics.store.take({ member: dead, credit, waitMs: 0, inHand: () => [] }).subscribe();
        attend({ name: 'dead', owns: [0, 1, 2, 3] }, 409);
        running = start('heir', (delivery) => at.push(scheduler.now()) && ack(delivery));
      },
      2000: () => running.unsubscribe(),
    });
    expect(log).to.deep.equal(['heir a1', 'heir a2']);
    expect(at[0]).to.be.within(503, 503 + 2 * (LEASE_MS / 10));
    expect(topics.notices).to.deep.equal([]);
  });

  it('drops a partition that another has meanwhile, and what it held of it', () => {
    // Nobody hears that it is alive, as if it stood still.
    const unheard = { renew: () => of(undefined) };
    topics = new TestTopics(Object.assign(Object.create(memoryStore()) as StreamStore, unheard));
    append('orders.1', 'a1', 'a2');
    const stolen: Delivery[] = [];
    let running: Subscription;
    play({
      0: () => {
        running = start('stale', (delivery) => stolen.push(delivery));
      },
      [LEASE_MS + 1]: () => {
        topics.store
          .join({ stream: 'orders.1', group: 'g', consumer: 'thief' }, 60_000, { exclusive: true })
          .subscribe();
        attend({ name: 'thief', owns: [1] }, 60_000);
      },
      2000: () => {
        expect(stolen[0]?.ack()).to.equal(false);
        expect(owners()[1]).to.equal('thief');
      },
      2100: () => running.unsubscribe(),
    });
    expect(log).to.deep.equal(['stale a1']);
    expect(topics.notices.map(({ code }) => code)).to.deep.equal(['FENCED']);
  });

  it('closes a batch that holds what is out of a partition it leaves', () => {
    append('orders.3', 'a1');
    const batches: unknown[] = [];
    const running: Subscription[] = [];
    play({
      0: () => {
        const joined = source({ drainMs: 5_000 }).pipe(batch({ maxSize: 10 }));
        running.push(joined.subscribe((all) => batches.push(all.data) && all.ack()));
      },
      100: () => running.push(start('two', ack)),
      1000: () => expect(batches).to.deep.equal([['a1']]),
      1100: () => running.forEach((each) => void each.unsubscribe()),
    });
    expect(batches).to.have.length(1);
  });

  it('shares its credit out over the partitions that it owns', () => {
    for (const partition of PARTITIONS) append(partition, 'a1', 'b1', 'c1', 'd1', 'e1', 'f1', 'g1', 'h1', 'i1');
    let running: Subscription;
    const counts: number[] = [];
    play({
      0: () => {
        running = start('one', hold, { credit: 8 });
      },
      150: () => counts.push(log.length),
      200: () => attend({ name: 'zz', owns: [] }, 60_000),
      1900: () => counts.push(log.length),
      2000: () => running.unsubscribe(),
    });
    // Of four partitions 2 each; once two of them are left, of the other two 4 each.
    expect(counts).to.deep.equal([8, 12]);
  });

  it('goes on when the store could not be reached, and says so once', () => {
    const inner = memoryStore();
    let failures = 0;
    const store = Object.assign(Object.create(inner) as StreamStore, {
      attend: (...args: Parameters<StreamStore['attend']>) =>
        defer(() => (++failures <= 3 ? throwError(() => new StoreUnavailableError('away')) : inner.attend(...args))),
    });
    topics = new TestTopics(store);
    append('orders.0', 'a1');
    let running: Subscription;
    play({
      0: () => {
        running = start('one', ack);
      },
      3000: () => running.unsubscribe(),
    });
    expect(log).to.deep.equal(['one a1']);
    expect(topics.notices.map(({ code }) => code)).to.deep.equal(['STORE_RETRY']);
  });

  it('errors when the store refuses for good', () => {
    const failing = { attend: () => throwError(() => new StoreAuthError('no')) };
    topics = new TestTopics(Object.assign(Object.create(memoryStore()) as StreamStore, failing));
    const errors: unknown[] = [];
    play({ 0: () => source().subscribe({ error: (cause) => errors.push(cause) }) });
    expect(errors[0]).to.be.instanceOf(StoreAuthError);
  });

  it('completes when it is closed, and is over once what is out has settled and it is off the list', () => {
    append('orders.0', 'a1');
    const events: string[] = [];
    let out: Delivery | undefined;
    play({
      0: () =>
        source().subscribe({
          next: (delivery) => {
            out = delivery;
          },
          complete: () => events.push('complete'),
        }),
      100: () => topics.readers[0]?.close(1_000).subscribe({ complete: () => events.push('ended') }),
      150: () => events.push(`settled ${out?.ack()}`),
      200: () => events.push(`attending ${attend({ name: 'x', owns: [] }, 0).length}`),
    });
    expect(events).to.deep.equal(['complete', 'settled true', 'ended', 'attending 1']);
  });
});
