import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import type { Entry, RemovedGroup, TidyRequest, TidyResult } from '../../core/store.ts';
import { NoGroupError } from '../../core/storeErrors.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { creditFor } from './creditFor.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';
import { textOf } from './textOf.ts';

function tidy(world: ContractWorld, request: Partial<TidyRequest> = {}): Promise<TidyResult> {
  return firstValueFrom(world.store.tidy(world.stream, { deadMs: 0, ...request }));
}

function remove(world: ContractWorld, group = 'g', force = false): Promise<RemovedGroup> {
  return firstValueFrom(world.store.removeGroup({ stream: world.stream, group, force }));
}

/** Tidying: who is dead and owes nothing goes; what is owed never does, unless it is asked for. */
export const tidyCases: readonly ContractCase[] = [
  {
    rule: 'a consumer whose lease ended long ago and that owes nothing is removed',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const idle = await world.mortal();
      const worker = await world.mortal();
      await worker.settle(await worker.takeOne());
      let removed = 0;
      await eventually(async () => {
        removed += (await tidy(world)).consumers;
        assert.equal(removed, 2);
      });
      for (const gone of [idle, worker]) await assert.rejects(gone.take(), { code: 'FENCED' });
      assert.equal((await tidy(world)).consumers, 0);
    },
  },
  {
    rule: 'a consumer with a lease stays, and so does one whose lease ended not long ago',
    run: async (world) => {
      await world.group();
      const live = await world.consumer();
      const dead = await world.mortal();
      await eventually(async () => assert.equal((await world.groupStats()).consumers.length, 1));
      assert.equal((await tidy(world, { deadMs: 60_000 })).consumers, 0);
      assert.equal((await tidy(world)).consumers, 1);
      await live.takeNothing();
      await assert.rejects(dead.take(), { code: 'FENCED' });
    },
  },
  {
    rule: 'a dead consumer that owes stays until it owes nothing, and what it owes comes to others',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const dead = await world.mortal();
      await dead.takeAll(1, { credit: creditFor(1, 'normal') });
      await eventually(async () => assert.equal((await world.groupStats()).consumers.length, 0));
      assert.equal((await tidy(world)).consumers, 0);
      assert.equal((await world.groupStats()).pending, 1);
      assert.deepEqual((await world.drain()).toSorted(), ['a', 'b']);
    },
  },
  {
    rule: 'many dead consumers go at once',
    run: async (world) => {
      await world.group();
      for (let n = 0; n < 1_200; n += 1) await world.consumer({ leaseMs: 1 });
      await eventually(async () => assert.equal((await world.groupStats()).consumers.length, 0));
      assert.equal((await tidy(world)).consumers, 1_200);
    },
  },
  {
    rule: 'a group without a member for long is removed if it owes nothing',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.mortal();
      await consumer.settle(await consumer.takeOne());
      await eventually(async () => {
        const [expired] = (await tidy(world, { expireMs: 50 })).expired;
        assert(expired?.removed);
        assert.deepEqual([expired.group, expired.owed], ['g', 0]);
        assert(expired.idleMs >= 50);
      });
      assert.deepEqual((await world.stats()).groups, []);
    },
  },
  {
    rule: 'a group that was removed and made again knows of no deaths from before',
    run: async (world) => {
      await world.group();
      await world.append('a');
      for (const way of ['tidied', 'removed']) {
        const dead = await world.mortal();
        await dead.takeOne();
        const live = await world.consumer();
        assert.deepEqual((await live.takeOne()).deaths, [dead.member.consumer]);
        await live.leave();
        if (way === 'removed') await remove(world, 'g', true);
        else await tidy(world, { expireMs: 0, force: true });
        await world.group();
        const next = await world.consumer();
        await next.settle(await next.takeOne(), { kind: 'retry', delayMs: 0 });
        const entry = await next.takeOne();
        assert.deepEqual([entry.attempt, entry.deaths], [2, undefined]);
        await next.leave();
        await remove(world, 'g', true);
        await world.group();
      }
    },
  },
  {
    rule: 'a group with a member is never expired, nor one that was just made',
    run: async (world) => {
      await world.group();
      assert.deepEqual((await tidy(world, { expireMs: 60_000 })).expired, []);
      await world.consumer();
      assert.deepEqual((await tidy(world, { expireMs: 0 })).expired, []);
    },
  },
  {
    rule: 'a group that had a member since is not expired, however long it had none before',
    run: async (world) => {
      await world.group();
      await tidy(world, { expireMs: 60_000 });
      const made = Date.now();
      await eventually(() => assert(Date.now() - made > 300));
      const consumer = await world.consumer();
      await consumer.leave();
      assert.deepEqual((await tidy(world, { expireMs: 250 })).expired, []);
      assert.equal((await tidy(world, { expireMs: 0 })).expired.length, 1);
    },
  },
  {
    rule: 'an expired group that owes is told of and kept; forced, it goes',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer();
      await consumer.takeAll(1, { credit: creditFor(1, 'normal') });
      await consumer.leave();
      const kept = (await tidy(world, { expireMs: 0 })).expired.map(({ idleMs, ...rest }) => rest);
      assert.deepEqual(kept, [{ group: 'g', owed: 2, removed: false }]);
      assert.equal((await world.groupStats()).pending, 1);
      const gone = (await tidy(world, { expireMs: 0, force: true })).expired.map(({ idleMs, ...rest }) => rest);
      assert.deepEqual(gone, [{ group: 'g', owed: 2, removed: true }]);
      assert.deepEqual((await world.stats()).groups, []);
    },
  },
  {
    rule: 'a group is removed if nobody reads it and it owes nothing',
    run: async (world) => {
      await world.group();
      assert.deepEqual(await remove(world), { removed: true, members: 0, owed: 0 });
      assert.deepEqual((await world.stats()).groups, []);
      assert.deepEqual(await remove(world), { removed: false, members: 0, owed: 0 });
    },
  },
  {
    rule: 'a group with members, or that owes, is not removed',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeAll(1, { credit: creditFor(1, 'normal') }));
      assert.deepEqual(await remove(world), { removed: false, members: 1, owed: 1 });
      const entry = await consumer.takeOne();
      await consumer.leave();
      assert.deepEqual(await remove(world), { removed: false, members: 0, owed: 1 });
      assert.deepEqual(await world.drain(), [textOf(entry)]);
    },
  },
  {
    rule: 'forced, it goes with all it owed, and a new one of its name owes nothing of that',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(4));
      const consumer = await world.consumer();
      const entries = (await consumer.takeAll(3, { credit: creditFor(3, 'normal') })) as [Entry, Entry, Entry];
      await consumer.settle(entries[0], { kind: 'retry', delayMs: 0 });
      assert.deepEqual(await remove(world, 'g', true), { removed: true, members: 1, owed: 4 });
      await world.group('g', { start: 'latest', pattern: 'other.*' });
      const { pending, retrying, consumers } = await world.groupStats();
      assert.deepEqual([pending, retrying, consumers], [0, 0, []]);
      await assert.rejects(consumer.take(), { code: 'FENCED' });
      assert.deepEqual(await world.drain(), []);
    },
  },
  {
    rule: 'a removed group holds back no trimming',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(5));
      await remove(world, 'g', true);
      assert.equal((await firstValueFrom(world.store.trim(world.stream, { maxEntries: 0 }))).removed, 5);
    },
  },
  {
    rule: 'a take that waits in a removed group ends',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      const waiting = assert.rejects(consumer.take({ waitMs: 30_000 }), NoGroupError);
      assert((await remove(world, 'g', true)).removed);
      await waiting;
    },
  },
];
