import assert from 'node:assert/strict';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import type { Attendance, Attendee } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { eventually } from './eventually.ts';

const LONG_MS = 120_000;

function attendance(world: ContractWorld, name: string, owns: readonly number[] = [], group = 'g'): Attendance {
  return { stream: world.stream, group, attendee: { name, owns } };
}

function attend(world: ContractWorld, whose: Attendance, leaseMs = LONG_MS): Promise<readonly Attendee[]> {
  return firstValueFrom(world.store.attend(whose, leaseMs));
}

/** Who shares out the partitions of a stream, and how many it has. */
export const attendanceCases: readonly ContractCase[] = [
  {
    rule: 'each is told of all, in order of name, with what each owns now',
    run: async (world) => {
      assert.deepEqual(await attend(world, attendance(world, 'b', [0, 11, 2])), [{ name: 'b', owns: [0, 11, 2] }]);
      const both = [
        { name: 'a', owns: [] },
        { name: 'b', owns: [0, 11, 2] },
      ];
      assert.deepEqual(await attend(world, attendance(world, 'a')), both);
      assert.deepEqual(await attend(world, attendance(world, 'b', [2])), [both[0], { name: 'b', owns: [2] }]);
    },
  },
  {
    rule: 'who departs is off the list, and departing again does no harm',
    run: async (world) => {
      await attend(world, attendance(world, 'a'));
      await attend(world, attendance(world, 'b'));
      for (const _ of [1, 2]) await lastValueFrom(world.store.depart(attendance(world, 'a')));
      assert.deepEqual(await attend(world, attendance(world, 'b')), [{ name: 'b', owns: [] }]);
    },
  },
  {
    rule: 'who is not heard of for its lease is off the list; who is stays',
    run: async (world) => {
      await attend(world, attendance(world, 'dead', [1]), world.leaseMs);
      await attend(world, attendance(world, 'live'));
      await eventually(async () => {
        assert.deepEqual(await attend(world, attendance(world, 'live')), [{ name: 'live', owns: [] }]);
      });
      assert.equal((await attend(world, attendance(world, 'dead'))).length, 2);
    },
  },
  {
    rule: 'groups and streams have lists of their own',
    run: async (world) => {
      await attend(world, attendance(world, 'a'));
      assert.equal((await attend(world, attendance(world, 'b', [], 'h'))).length, 1);
      assert.equal((await attend(world, { ...attendance(world, 'b'), stream: world.newStream() })).length, 1);
    },
  },
  {
    rule: 'a stream is bound to its number of partitions by the first who says one',
    run: async (world) => {
      const [one, two] = [world.newStream(), world.newStream()];
      const bind = (counts: Record<string, number>) => firstValueFrom(world.store.bind(counts));
      assert.deepEqual(await bind({ [one]: 8 }), { [one]: 8 });
      assert.deepEqual(await bind({ [one]: 4, [two]: 1 }), { [one]: 8, [two]: 1 });
      assert.deepEqual(await bind({}), {});
      const { [one]: first, [two]: second } = await firstValueFrom(world.store.bindings());
      assert.deepEqual([first, second], [8, 1]);
    },
  },
  {
    rule: 'lists and bindings are those of both',
    needs: 'shared',
    run: async (world) => {
      const store = await world.again();
      await attend(world, attendance(world, 'a', [3]));
      const list = await firstValueFrom(store.attend(attendance(world, 'b'), LONG_MS));
      assert.deepEqual(
        list.map(({ name, owns }) => [name, ...owns]),
        [['a', 3], ['b']],
      );
      const stream = world.newStream();
      await firstValueFrom(store.bind({ [stream]: 3 }));
      assert.deepEqual(await firstValueFrom(world.store.bind({ [stream]: 1 })), { [stream]: 3 });
    },
  },
];
