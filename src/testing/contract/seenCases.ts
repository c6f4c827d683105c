import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import type { KeyState, SeenRequest, StreamStore } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';

/** Asks the case's own list; for a minute, as `one`, unless told otherwise. */
function ask(
  world: ContractWorld,
  kind: SeenRequest['kind'],
  keys: readonly string[],
  more: Partial<SeenRequest> = {},
  store: StreamStore = world.store,
): Promise<readonly KeyState[]> {
  return firstValueFrom(store.seen(world.stream, { kind, owner: 'one', keys, forMs: 60_000, most: 1_000, ...more }));
}

function isHeld(state: KeyState | undefined): boolean {
  return typeof state === 'object' && state.heldMs > 0 && state.heldMs <= 60_000;
}

/** Lists of keys that were seen. */
export const seenCases: readonly ContractCase[] = [
  {
    rule: 'a key that is kept is seen, and others are free',
    run: async (world) => {
      assert.deepEqual(await ask(world, 'claim', ['a', 'b']), ['free', 'free']);
      assert.deepEqual(await ask(world, 'keep', ['a']), ['seen']);
      assert.deepEqual(await ask(world, 'claim', ['a', 'b', 'c']), ['seen', 'free', 'free']);
    },
  },
  {
    rule: 'what one has claimed another does not get, until it is dropped',
    run: async (world) => {
      await ask(world, 'claim', ['a']);
      const [state] = await ask(world, 'claim', ['a'], { owner: 'two' });
      assert(isHeld(state), JSON.stringify(state));
      await ask(world, 'drop', ['a'], { owner: 'two' });
      assert(isHeld((await ask(world, 'claim', ['a'], { owner: 'two' }))[0]));
      await ask(world, 'drop', ['a']);
      assert.deepEqual(await ask(world, 'claim', ['a'], { owner: 'two' }), ['free']);
    },
  },
  {
    rule: 'a claim ends by itself, and claiming again prolongs it',
    run: async (world) => {
      await ask(world, 'claim', ['a', 'b'], { forMs: 100 });
      await ask(world, 'claim', ['b']);
      await eventually(async () => {
        assert.deepEqual(await ask(world, 'claim', ['a'], { owner: 'two' }), ['free']);
      });
      assert(isHeld((await ask(world, 'claim', ['b'], { owner: 'two' }))[0]));
    },
  },
  {
    rule: 'a key is forgotten when its time is over',
    run: async (world) => {
      await ask(world, 'keep', ['a'], { forMs: 50 });
      await eventually(async () => assert.deepEqual(await ask(world, 'claim', ['a']), ['free']));
    },
  },
  {
    rule: 'no more keys are kept than may be: the oldest go',
    run: async (world) => {
      for (const key of numbered(5)) await ask(world, 'keep', [key], { most: 3, forMs: 60_000 + Number(key) });
      const states = await ask(world, 'claim', numbered(5));
      assert.deepEqual(states, ['free', 'free', 'seen', 'seen', 'seen']);
    },
  },
  {
    rule: 'what is kept is seen whoever had claimed it, and dropping it changes nothing',
    run: async (world) => {
      await ask(world, 'claim', ['a'], { owner: 'two' });
      await ask(world, 'keep', ['a']);
      await ask(world, 'drop', ['a'], { owner: 'two' });
      assert.deepEqual(await ask(world, 'claim', ['a'], { owner: 'two' }), ['seen']);
    },
  },
  {
    rule: 'each name is a list of its own, any text is a key, and asking for none is nothing',
    run: async (world) => {
      const keys = ['', ' ', 'ünïcødé ☃', '\n', 'a:b{c}'];
      await ask(world, 'keep', keys);
      assert.deepEqual(
        await ask(world, 'claim', keys),
        keys.map(() => 'seen'),
      );
      const request = { kind: 'claim', owner: 'one', keys, forMs: 1_000, most: 10 } as const;
      assert.deepEqual(
        await firstValueFrom(world.store.seen(world.newStream(), request)),
        keys.map(() => 'free'),
      );
      assert.deepEqual(await ask(world, 'claim', []), []);
    },
  },
  {
    rule: 'thousands at once',
    run: async (world) => {
      const keys = numbered(5_000);
      await ask(world, 'keep', keys, { most: 10_000 });
      assert.deepEqual(new Set(await ask(world, 'claim', keys)), new Set(['seen']));
    },
  },
  {
    rule: 'a list is that of both stores',
    needs: 'shared',
    run: async (world) => {
      const other = await world.again();
      const both = await Promise.all([ask(world, 'claim', ['a']), ask(world, 'claim', ['a'], { owner: 'two' }, other)]);
      assert.equal(both.flat().filter((state) => state === 'free').length, 1);
      await ask(world, 'keep', ['a']);
      assert.deepEqual(await ask(world, 'claim', ['a'], { owner: 'two' }, other), ['seen']);
    },
  },
];
