import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import type { EntryRef, Turn } from '../../core/store.ts';
import { StoreError } from '../../core/storeErrors.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

function append(world: ContractWorld, payload: string, turn: Turn): Promise<readonly EntryRef[]> {
  return firstValueFrom(world.store.append(world.stream, [recordOf(payload)], turn));
}

async function refused(work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => error instanceof StoreError && error.retryable);
}

/** Appends that are sent before the one before them is answered. */
export const turnCases: readonly ContractCase[] = [
  {
    rule: 'an append behind another is kept if that was, else refused, and kept when it is sent again',
    needs: 'turns',
    run: async (world) => {
      await world.group();
      await append(world, 'a', { sender: 's', number: 1, behind: false });
      await append(world, 'b', { sender: 's', number: 2, behind: true });
      await refused(append(world, 'd', { sender: 's', number: 4, behind: true }));
      await refused(append(world, 'e', { sender: 's', number: 5, behind: true }));
      await append(world, 'c', { sender: 's', number: 6, behind: false });
      await append(world, 'd', { sender: 's', number: 7, behind: true });
      const consumer = await world.consumer();
      assert.deepEqual((await consumer.takeAll(4)).map(textOf), ['a', 'b', 'c', 'd']);
    },
  },
  {
    rule: 'senders, and streams, have turns of their own',
    needs: 'turns',
    run: async (world) => {
      await append(world, 'a', { sender: 's', number: 1, behind: false });
      await append(world, 'b', { sender: 't', number: 7, behind: false });
      await append(world, 'c', { sender: 's', number: 2, behind: true });
      await append(world, 'd', { sender: 't', number: 8, behind: true });
      await refused(append(world, 'e', { sender: 'u', number: 2, behind: true }));
      const other = world.newStream();
      await refused(
        firstValueFrom(world.store.append(other, [recordOf('f')], { sender: 's', number: 3, behind: true })),
      );
    },
  },
];
