import assert from 'node:assert/strict';
import { lastValueFrom, type Observable } from 'rxjs';
import { ACK } from '../../core/outcome.ts';
import type { StreamStore } from '../../core/store.ts';
import { StoreClosedError } from '../../core/storeErrors.ts';
import type { ContractCase } from './contractCase.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';

/** Longer than any case lasts. */
const FOR_EVER_MS = 15_000;

function calls(store: StreamStore, stream: string): readonly Observable<unknown>[] {
  const member = { stream, group: 'g', consumer: 'c' };
  return [
    store.open(),
    store.append(stream, [recordOf('a')]),
    store.createGroup({ stream, group: 'g', pattern: '*', start: 'earliest' }),
    store.join(member, 1_000),
    store.renew(member, 1_000),
    store.leave(member),
    store.settle(member, [{ priority: 'normal', id: '1-1', attempt: 1, outcome: ACK }]),
    store.read({ stream, from: 'earliest', count: 1, waitMs: 0 }),
    store.stats(stream),
    store.trim(stream, {}),
    store.deadLetters(stream, { count: 1 }),
    store.replay(stream, ['1-1']),
    store.purge(stream, ['1-1']),
    store.takeTokens(stream, { want: 1, limits: { rate: 1, burst: 1 } }),
    store.setLimits(stream, { rate: 1, burst: 1 }),
  ];
}

/** What close ends. */
export const closeCases: readonly ContractCase[] = [
  {
    rule: 'close ends waiting takes and reads with StoreClosedError',
    run: async (world) => {
      await world.group();
      const consumers = await Promise.all(numbered(3).map(() => world.consumer()));
      const waiting = [
        ...consumers.map((consumer) => consumer.take({ waitMs: FOR_EVER_MS })),
        world.read({ waitMs: FOR_EVER_MS }),
      ].map((call) => assert.rejects(call, StoreClosedError));
      await world.stats();
      await lastValueFrom(world.store.close());
      await Promise.all(waiting);
    },
  },
  {
    rule: 'after close every call fails with StoreClosedError',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      await lastValueFrom(world.store.close());
      for (const call of calls(world.store, world.stream)) await assert.rejects(lastValueFrom(call), StoreClosedError);
      await assert.rejects(consumer.take(), StoreClosedError);
    },
  },
  {
    rule: 'close may be repeated, and at once',
    run: async (world) => {
      await Promise.all(numbered(3).map(() => lastValueFrom(world.store.close())));
      await lastValueFrom(world.store.close());
    },
  },
  {
    rule: 'open may be repeated',
    run: async (world) => {
      await Promise.all(numbered(3).map(() => lastValueFrom(world.store.open())));
      await world.append('a');
    },
  },
];
