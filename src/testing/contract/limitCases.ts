import assert from 'node:assert/strict';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import type { RateLimits, StreamStore, TokenGrant } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { eventually } from './eventually.ts';

/** So slow that no token comes while a case runs. */
const SLOW: RateLimits = { rate: 0.001, burst: 5 };

/** Takes tokens of the case's own limit. */
function take(world: ContractWorld, want: number, limits = SLOW, store = world.store): Promise<TokenGrant> {
  return firstValueFrom(store.takeTokens(world.stream, { want, limits }));
}

function set(world: ContractWorld, limits: RateLimits, store: StreamStore = world.store): Promise<void> {
  return lastValueFrom(store.setLimits(world.stream, limits));
}

/** Limits that are shared. */
export const limitCases: readonly ContractCase[] = [
  {
    rule: 'a limit begins full and grants what it has, no more',
    run: async (world) => {
      assert.equal((await take(world, 3)).granted, 3);
      assert.equal((await take(world, 3)).granted, 2);
      assert.equal((await take(world, 3)).granted, 0);
    },
  },
  {
    rule: 'wanting nothing takes nothing and tells the limits and the wait',
    run: async (world) => {
      assert.deepEqual(await take(world, 0), { granted: 0, waitMs: 0, limits: SLOW });
      assert.deepEqual(await take(world, 5), { granted: 5, waitMs: 1_000_000, limits: SLOW });
      const { waitMs, granted } = await take(world, 1);
      assert.equal(granted, 0);
      assert(waitMs > 900_000 && waitMs <= 1_000_000, `${waitMs} is the time to one token`);
    },
  },
  {
    rule: 'tokens come at the rate, and no more than the burst are kept',
    run: async (world) => {
      const fast = { rate: 1_000, burst: 3 };
      await take(world, 3, fast);
      await eventually(async () => assert.equal((await take(world, 0, fast)).waitMs, 0));
      let granted = 0;
      await eventually(async () => {
        granted += (await take(world, 9, fast)).granted;
        assert(granted >= 12);
      });
      assert((await take(world, 9, fast)).granted <= 3);
    },
  },
  {
    rule: 'a limit that is there keeps its limits, whoever brings others',
    run: async (world) => {
      await take(world, 4);
      assert.deepEqual((await take(world, 4, { rate: 1_000_000, burst: 100 })).limits, SLOW);
      assert.equal((await take(world, 4)).granted, 0);
    },
  },
  {
    rule: 'changing a limit changes it at once; what it has it keeps, up to the new burst',
    run: async (world) => {
      await take(world, 1);
      await set(world, { rate: 0.002, burst: 100 });
      const { granted, waitMs, limits } = await take(world, 100);
      assert.deepEqual([granted, limits], [4, { rate: 0.002, burst: 100 }]);
      assert(waitMs > 400_000 && waitMs <= 500_000, `${waitMs} is the time to one token at the new rate`);
      await set(world, { rate: 1_000, burst: 9 });
      await eventually(async () => assert.equal((await take(world, 1)).granted, 1));
    },
  },
  {
    rule: 'a smaller burst throws away what is beyond it',
    run: async (world) => {
      await take(world, 0);
      await set(world, { rate: 0.001, burst: 2 });
      assert.equal((await take(world, 5)).granted, 2);
    },
  },
  {
    rule: 'a limit can be set before it is used, and rates need not be whole',
    run: async (world) => {
      const limits = { rate: 0.1 + 0.2, burst: 1 };
      await set(world, limits);
      assert.deepEqual((await take(world, 0)).limits, limits);
    },
  },
  {
    rule: 'each name is a limit of its own',
    run: async (world) => {
      await take(world, 5);
      const other = { want: 5, limits: SLOW };
      assert.equal((await firstValueFrom(world.store.takeTokens(world.newStream(), other))).granted, 5);
    },
  },
  {
    rule: 'many at once get what there is between them',
    run: async (world) => {
      const grants = await Promise.all(Array.from({ length: 20 }, () => take(world, 1)));
      assert.equal(
        grants.reduce((sum, { granted }) => sum + granted, 0),
        5,
      );
    },
  },
  {
    rule: 'a limit and its changes are those of both stores',
    needs: 'shared',
    run: async (world) => {
      const store = await world.again();
      assert.equal((await take(world, 3)).granted, 3);
      assert.equal((await take(world, 3, { rate: 7, burst: 7 }, store)).granted, 2);
      await set(world, { rate: 0.001, burst: 50 }, store);
      assert.equal((await take(world, 1)).limits.burst, 50);
    },
  },
];
