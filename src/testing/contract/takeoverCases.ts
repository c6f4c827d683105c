import assert from 'node:assert/strict';
import type { Entry } from '../../core/store.ts';
import { FencedError } from '../../core/storeErrors.ts';
import { batchOf, messagesOfAll, partsOf } from './batchOf.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractConsumer } from './contractConsumer.ts';
import type { ContractWorld } from './contractWorld.ts';
import { creditFor } from './creditFor.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

/** Waits, without taking, until a consumer's lease has run out. */
async function leaseOver(world: ContractWorld): Promise<void> {
  const end = Date.now() + world.leaseMs + 20;
  await eventually(() => assert(Date.now() > end));
}

interface Relieved {
  readonly dead: ContractConsumer;
  readonly live: ContractConsumer;
  /** The entries as the dead consumer had them. */
  readonly had: readonly Entry[];
}

/** A member that took entries and died, and another that has them now. */
async function relieved(world: ContractWorld, ...payloads: string[]): Promise<Relieved> {
  await world.group();
  await world.append(...payloads);
  const [dead, live] = [await world.mortal(), await world.consumer()];
  const had = await dead.takeAll(payloads.length);
  await live.takeAll(payloads.length);
  return { dead, live, had };
}

/** What becomes of the work of a consumer whose lease ran out. */
export const takeoverCases: readonly ContractCase[] = [
  {
    rule: 'what a dead consumer left is handed out again as the next attempt',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b', 'c');
      const [dead, live] = [await world.mortal(), await world.consumer()];
      const [first] = await dead.takeAll(3);
      await dead.settle(first as Entry);
      const entries = await live.takeAll(2);
      assert.deepEqual(
        entries.map((entry) => [textOf(entry), entry.attempt]),
        [
          ['b', 2],
          ['c', 2],
        ],
      );
      await live.settle(entries);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'the work of a consumer that renews is never taken over',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const leaseMs = 2 * world.leaseMs;
      const [busy, idle] = [await world.consumer({ leaseMs }), await world.consumer()];
      const entry = await busy.takeOne();
      const end = Date.now() + 3 * leaseMs;
      while (Date.now() < end) {
        await busy.renew(leaseMs);
        await idle.takeNothing({ waitMs: leaseMs / 4 });
      }
      await busy.settle(entry);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'a consumer that was relieved may not settle, and nothing of its call is settled',
    run: async (world) => {
      const { dead, had } = await relieved(world, 'a', 'b');
      for (const kind of ['ack', 'release'] as const) await assert.rejects(dead.settle(had, { kind }), FencedError);
      const { pending, retrying } = await world.groupStats();
      assert.deepEqual({ pending, retrying }, { pending: 2, retrying: 0 });
    },
  },
  {
    rule: 'its late settlement does not touch what the other has',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const [dead, live] = [await world.mortal(), await world.consumer()];
      const old = await dead.takeOne();
      const entry = await live.takeOne();
      await assert.rejects(dead.settle(old), (error) => {
        assert(error instanceof FencedError && !error.retryable);
        assert(error.message.includes(dead.member.consumer));
        return true;
      });
      await assert.rejects(dead.settle({ ...old, attempt: 2 }), FencedError);
      await live.settle(entry, { kind: 'retry', delayMs: 0 });
      assert.equal((await live.takeOne()).attempt, 3);
    },
  },
  {
    rule: 'a consumer that was relieved may neither take nor renew',
    run: async (world) => {
      const { dead } = await relieved(world, 'a');
      await world.append('new');
      await assert.rejects(dead.take(), FencedError);
      await assert.rejects(dead.renew(1_000), FencedError);
      assert.deepEqual(await world.drain(), ['new']);
    },
  },
  {
    rule: 'a consumer that is relieved while its take waits is handed nothing more',
    run: async (world) => {
      await world.group();
      await world.append('old');
      const [dead, live] = [await world.mortal(), await world.consumer()];
      await dead.takeOne();
      const hand = dead.payloads({ waitMs: 3 * world.leaseMs }).catch((error: unknown) => {
        assert(error instanceof FencedError);
        return [];
      });
      assert.equal(textOf(await live.takeOne()), 'old');
      await world.append('new');
      const entry = await live.takeOne();
      assert.deepEqual([textOf(entry), entry.attempt], ['new', 1]);
      assert.deepEqual(await hand, []);
    },
  },
  {
    rule: 'a lease that ran out, but was not noticed, may be renewed',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const late = await world.mortal();
      const entry = await late.takeOne();
      await leaseOver(world);
      await late.renew(60_000);
      await (await world.consumer()).takeNothing();
      await late.settle(entry);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'an estate larger than the credit is handed out to its end, each entry once',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(3_000));
      const [dead, live] = [await world.mortal(), await world.consumer()];
      await dead.takeAll(3_000, { credit: creditFor(1_000, 'normal') });
      const entries = await live.takeAll(3_000, { credit: creditFor(70, 'normal') });
      assert.deepEqual(new Set(entries.map(textOf)), new Set(numbered(3_000)));
      assert(entries.every(({ attempt }) => attempt === 2));
      await live.settle(entries);
      assert.equal((await world.groupStats()).pending, 0);
      await live.takeNothing();
    },
  },
  {
    rule: 'several share an estate without overlap',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(300));
      const dead = await world.mortal();
      await dead.takeAll(300);
      const heirs = await Promise.all(numbered(3).map(() => world.consumer()));
      const seen: string[] = [];
      const work = heirs.map(async (heir) => {
        while (seen.length < 300) seen.push(...(await heir.payloads({ credit: creditFor(11, 'normal'), waitMs: 100 })));
      });
      await Promise.all(work);
      assert.deepEqual(seen.toSorted(), numbered(300).toSorted());
    },
  },
  {
    rule: 'takeover keeps to the credit of each tier',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(20).map((n) => recordOf(n, { priority: 'low' })));
      await world.append(...numbered(5).map((n) => recordOf(n, { priority: 'critical' })));
      const [dead, live] = [await world.mortal(), await world.consumer()];
      await dead.takeAll(25);
      const urgent = await live.takeAll(5, { credit: creditFor(5, 'critical') });
      assert(urgent.every(({ priority, attempt }) => priority === 'critical' && attempt === 2));
      const { entries } = await live.take({ credit: creditFor(3, 'low'), waitMs: 1_000 });
      assert(entries.length > 0 && entries.length <= 3);
      await live.takeAll(20 - entries.length, { credit: creditFor(3, 'low') });
    },
  },
  {
    rule: 'what a dead consumer left comes before new entries',
    run: async (world) => {
      await world.group();
      await world.append('left');
      const [dead, live] = [await world.mortal(), await world.consumer()];
      await dead.takeOne();
      await leaseOver(world);
      await world.append(...numbered(5, 'new'));
      assert.equal(textOf(await live.takeOne({ credit: creditFor(1, 'normal') })), 'left');
    },
  },
  {
    rule: "a dead consumer's retry keeps its due time",
    run: async (world) => {
      await world.group();
      await world.append('retried', 'held');
      const [dead, live] = [await world.mortal(), await world.consumer()];
      const [first] = await dead.takeAll(2);
      await dead.settle(first as Entry, { kind: 'retry', delayMs: 4 * world.leaseMs });
      assert.equal(textOf(await live.takeOne()), 'held');
      assert.equal((await world.groupStats()).retrying, 1);
      const retried = await live.takeOne();
      assert.deepEqual([textOf(retried), retried.attempt], ['retried', 2]);
    },
  },
  {
    rule: 'several dead consumers are relieved and forgotten',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(30));
      const dead = await Promise.all(numbered(3).map(() => world.mortal()));
      for (const consumer of dead) await consumer.takeAll(10, { credit: creditFor(10, 'normal') });
      const live = await world.consumer();
      await live.settle(await live.takeAll(30));
      const name = live.member.consumer;
      await eventually(async () => {
        await live.takeNothing();
        assert.deepEqual((await world.groupStats()).consumers, [{ name, pending: 0 }]);
      });
    },
  },
  {
    rule: 'work that kills its consumers is counted at each',
    run: async (world) => {
      await world.group();
      await world.append('poison');
      for (const attempt of [1, 2]) assert.equal((await (await world.mortal()).takeOne()).attempt, attempt);
      assert.equal((await (await world.consumer()).takeOne()).attempt, 3);
    },
  },
  {
    rule: 'an entry says which consumers died with it, through retries and releases, until it is settled',
    run: async (world) => {
      await world.group();
      await world.append('poison');
      const one = await world.mortal();
      const first = await one.takeOne();
      assert.equal(first.deaths, undefined);
      const two = await world.mortal();
      assert.deepEqual((await two.takeOne()).deaths, [one.member.consumer]);
      const live = await world.consumer();
      const both = [one.member.consumer, two.member.consumer];
      for (const kind of ['release', 'retry'] as const) {
        const entry = await live.takeOne();
        assert.deepEqual([entry.deaths, entry.attempt], [both, 3]);
        await live.settle(entry, kind === 'retry' ? { kind, delayMs: 0 } : { kind });
      }
      const entry = await live.takeOne();
      assert.deepEqual([entry.deaths, entry.attempt], [both, 4]);
      await live.settle(entry);
      await world.append('late');
      const late = await live.takeOne();
      assert.deepEqual([textOf(late), late.deaths], ['late', undefined]);
    },
  },
  {
    rule: 'what an exclusive consumer died with says so to the next',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const dead = await world.mortal({ exclusive: true });
      await dead.takeOne();
      await leaseOver(world);
      const live = await world.consumer({ exclusive: true });
      const entry = await live.takeOne();
      assert.deepEqual([entry.deaths, entry.attempt], [[dead.member.consumer], 2]);
    },
  },
  {
    rule: 'of a record batch in parts, it is said who died with the message that most died with',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b']));
      // Each retries one of the two, and dies with the other: 'a' twice, then 'b' once.
      const dead: string[] = [];
      for (const kept of [0, 0, 1]) {
        const next = await world.mortal();
        const { entries } = await next.take();
        for (const { deaths } of entries) assert.deepEqual(deaths, dead.length > 0 ? dead : undefined);
        const given = 1 - kept;
        const entry = entries.find(({ parts }) => !parts || parts.some(({ index }) => index === given));
        await next.settleAll([partsOf(entry as Entry, [given], { kind: 'retry', delayMs: 0 })]);
        dead.push(next.member.consumer);
        await leaseOver(world);
      }
      const { entries } = await (await world.consumer()).take();
      for (const { deaths } of entries) assert.deepEqual(deaths, dead.slice(0, 2));
      assert.deepEqual(messagesOfAll(entries), [
        ['a', 4],
        ['b', 4],
      ]);
    },
  },
  {
    rule: 'a consumer that leaves has not died with what it had',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const [leaver, live] = [await world.consumer(), await world.consumer()];
      await leaver.takeOne();
      await leaver.leave();
      assert.equal((await live.takeOne()).deaths, undefined);
    },
  },
];
