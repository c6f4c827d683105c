import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Bus, connect } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { redisFixture } from '../support/redisFixture.ts';
import { TestProcess } from '../support/testProcess.ts';

interface Told {
  readonly ready?: true;
  readonly began?: number;
  readonly attempt?: number;
  readonly at?: number;
  readonly aborted?: number;
  readonly notice?: string;
}

const LEASE_MS = 1_000;

describe('the work of a consumer', () => {
  const redis = redisFixture();
  let bus: Bus;
  beforeEach(async () => {
    await redis.outside.flushall();
    bus = await connect(redis.server.url);
  });
  afterEach(() => bus.close());

  async function sleeper(name: string, leaseMs = LEASE_MS, blocksUntil = ''): Promise<TestProcess<Told>> {
    const process = new TestProcess<Told>('sleeper', [redis.server.url, name, `${leaseMs}`, blocksUntil]);
    await process.heard(({ ready }) => ready === true);
    return process;
  }

  const begun = ({ messages }: TestProcess<Told>) =>
    messages.filter(({ began }) => began !== undefined).map(({ began, attempt }) => [began, attempt]);

  const publish = (...numbers: readonly number[]) =>
    bus.publishMany(numbers.map((data) => ({ topic: 'jobs.x', data })));

  /** When each lease ends, by consumer, in ms by the server's clock. */
  async function leases(): Promise<ReadonlyMap<string, number>> {
    const flat = await redis.outside.zrange('sluice:{main.0}:members:sleepers', '0', '-1', 'WITHSCORES');
    const names = flat.filter((_, i) => i % 2 === 0);
    return new Map(names.map((name, i) => [name, Number(flat[2 * i + 1])]));
  }

  const pending = async () => (await bus.stats()).groups[0]?.pending;

  it('is taken over once it is killed and its lease is over, and not before', async function () {
    this.timeout(40_000);
    await using victim = await sleeper('victim');
    await publish(1, 2, 3);
    await eventually(() => expect(begun(victim)).to.have.lengthOf(3));
    await using heir = await sleeper('heir');
    const killedAt = Date.now();
    victim.signal('SIGKILL');
    const [, leaseEnd = 0] = [...(await leases())].find(([name]) => name.startsWith('victim')) ?? [];
    const first = await heir.heard(({ began }) => began !== undefined);
    await eventually(() => expect(begun(heir)).to.have.lengthOf(3));
    expect(begun(heir).map(([, attempt]) => attempt)).to.deep.equal([2, 2, 2]);
    expect(first.at, 'not while its lease lasts').to.be.at.least(leaseEnd);
    console.log(`      taken over ${(first.at ?? 0) - killedAt} ms after kill -9, with a lease of ${LEASE_MS} ms`);
    heir.send('finish');
    await eventually(async () => expect(await pending()).to.equal(0));
  });

  it('is dropped by a process that stood still beyond its lease: it hears of it, settles nothing, and rejoins', async function () {
    this.timeout(40_000);
    await using stale = await sleeper('stale');
    await publish(1, 2);
    await eventually(() => expect(begun(stale)).to.have.lengthOf(2));
    stale.send('stand still');
    await using heir = await sleeper('heir');
    await eventually(() => expect(begun(heir)).to.have.lengthOf(2), { withinMs: 20_000 });
    stale.signal('SIGCONT');
    await eventually(() => {
      expect(stale.messages.map(({ notice }) => notice)).to.include('FENCED');
      expect(stale.messages.filter(({ aborted }) => aborted !== undefined)).to.have.lengthOf(2);
    });
    // What its handlers answer now counts for nothing.
    stale.send('finish');
    await publish(3);
    await eventually(() => expect([...begun(stale), ...begun(heir)].filter(([n]) => n === 3)).to.have.lengthOf(1));
    await eventually(async () => expect((await leases()).size, 'it has joined again').to.equal(2));
    expect(await pending()).to.equal(3);
    for (const each of [heir, stale]) each.send('finish');
    await eventually(async () => expect(await pending()).to.equal(0));
    expect((await bus.stats()).deadLetters).to.equal(0);
  });

  it('is never taken over while it lives, for however many leases a handler takes', async function () {
    this.timeout(40_000);
    await using slow = await sleeper('slow', 300);
    await publish(1);
    await eventually(() => expect(begun(slow)).to.have.lengthOf(1));
    await using idle = await sleeper('idle', 300);
    const renewed = new Set<string>();
    await eventually(
      async () => {
        for (const lease of await leases()) renewed.add(lease.join());
        expect(renewed.size, 'many renewals of both').to.be.greaterThan(2 * 12);
      },
      { withinMs: 20_000 },
    );
    expect(begun(idle)).to.deep.equal([]);
    slow.send('finish');
    await eventually(async () => expect(await pending()).to.equal(0));
  });

  it('is taken over from a process whose event loop is blocked for longer than its lease, which then drops it', async function () {
    this.timeout(40_000);
    const folder = mkdtempSync(join(tmpdir(), 'sluice-blocked-'));
    const file = join(folder, 'goes on');
    await using blocked = await sleeper('blocked', 500, file);
    await publish(1);
    await eventually(() => expect(begun(blocked)).to.have.lengthOf(1));
    await using heir = await sleeper('heir', 500);
    await eventually(() => expect(begun(heir)).to.deep.equal([[1, 2]]), { withinMs: 20_000 });
    writeFileSync(file, '');
    await blocked.heard(({ notice }) => notice === 'FENCED');
    await blocked.heard(({ aborted }) => aborted === 1);
    rmSync(folder, { recursive: true });
    heir.send('finish');
    await eventually(async () => expect(await pending()).to.equal(0));
  });

  it('is given back at once by stop({ deadlineMs: 0 }): nobody waits for a lease', async function () {
    this.timeout(40_000);
    const long = 600_000;
    await using stopping = await sleeper('stopping', long);
    await publish(1, 2);
    await eventually(() => expect(begun(stopping)).to.have.lengthOf(2));
    await using heir = await sleeper('heir', long);
    stopping.send('stop');
    await stopping.end();
    await eventually(
      () =>
        expect(begun(heir).sort()).to.deep.equal([
          [1, 1],
          [2, 1],
        ]),
      { withinMs: 15_000 },
    );
    expect([...(await leases()).keys()].every((name) => name.startsWith('heir'))).to.equal(true);
    heir.send('finish');
    await eventually(async () => expect(await pending()).to.equal(0));
  });
});
