import assert from 'node:assert/strict';
import { lastValueFrom } from 'rxjs';
import type { CacheAnswer, CacheAsk, CacheLanding, CachePlace, CacheStore } from '../../core/cacheStore.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';

/** Short words for the calls, about the case's own cache. */
class CacheHand {
  constructor(
    private readonly world: ContractWorld,
    private readonly token = 'one',
    private readonly store: CacheStore = world.store.cache,
  ) {}

  /** Another that asks, of this store or a second one. */
  as(token: string, store: CacheStore = this.store): CacheHand {
    return new CacheHand(this.world, token, store);
  }

  ask(key = 'k', request: Partial<CacheAsk> = {}): Promise<CacheAnswer> {
    const whole = { token: this.token, leaseMs: 60_000, freshMs: 60_000, freshErrorMs: 60_000, ...request };
    return lastValueFrom(this.store.ask(this.place(key), whole));
  }

  renew(leaseMs = 60_000, key = 'k'): Promise<boolean> {
    return lastValueFrom(this.store.renew(this.place(key), this.token, leaseMs));
  }

  land(payload: CacheLanding['payload'] = 'v', more: Partial<CacheLanding> = {}, key = 'k'): Promise<boolean> {
    const landed = { error: false, payload, keepMs: 60_000, ...more };
    return lastValueFrom(this.store.land(this.place(key), this.token, landed));
  }

  drop(key = 'k'): Promise<void> {
    return lastValueFrom(this.store.drop(this.place(key), this.token));
  }

  remove(key = 'k'): Promise<void> {
    return lastValueFrom(this.store.remove(this.place(key)));
  }

  clear(): Promise<void> {
    return lastValueFrom(this.store.clear(this.world.stream));
  }

  /** Asks and lands, in one. */
  async put(payload: CacheLanding['payload'] = 'v', more: Partial<CacheLanding> = {}, key = 'k'): Promise<void> {
    assert.equal((await this.ask(key, { freshMs: 0, freshErrorMs: 0 })).flight, 'yours');
    assert.equal(await this.land(payload, more, key), true);
  }

  private place(key: string): CachePlace {
    return { cache: this.world.stream, key };
  }
}

function textOf({ kept }: CacheAnswer): string | undefined {
  return kept?.payload === undefined ? undefined : Buffer.from(kept.payload as Uint8Array).toString();
}

function isHeld({ flight }: CacheAnswer): boolean {
  return typeof flight === 'object' && flight.heldMs > 0 && flight.heldMs <= 60_000;
}

/** Caches: what is kept, and flights. */
export const cacheCases: readonly ContractCase[] = [
  {
    rule: 'nothing is kept at first, and the flight is of who asks first',
    run: async (world) => {
      const one = new CacheHand(world);
      assert.deepEqual(await one.ask(), { flight: 'yours' });
      assert.deepEqual(await one.ask(), { flight: 'yours' }, 'asking again leaves it theirs');
      const other = await one.as('two').ask();
      assert(isHeld(other) && other.kept === undefined, JSON.stringify(other));
    },
  },
  {
    rule: 'what landed is fresh to all up to the age they say, with its version and its times',
    run: async (world) => {
      const one = new CacheHand(world);
      await one.put('["é"]', { keepMs: 50_000 });
      const answer = await one.as('two').ask();
      assert.equal(answer.flight, 'none');
      assert.equal(textOf(answer), '["é"]');
      const { version, error, ageMs = -1, leftMs = -1 } = answer.kept ?? {};
      assert.deepEqual([version, error], ['one', false]);
      assert(ageMs >= 0 && leftMs > 0 && ageMs + leftMs <= 50_000, JSON.stringify(answer));
      await eventually(async () => assert.equal((await one.as('two').ask('k', { freshMs: 30 })).flight, 'yours'));
    },
  },
  {
    rule: 'what is not fresh comes with the flight',
    run: async (world) => {
      const one = new CacheHand(world);
      await one.put();
      const answer = await one.as('two').ask('k', { freshMs: 0 });
      assert.deepEqual([answer.flight, textOf(answer)], ['yours', 'v']);
      const third = await one.as('three').ask('k', { freshMs: 0 });
      assert(isHeld(third) && textOf(third) === 'v');
    },
  },
  {
    rule: 'the payload is left out for who has that version, and for nobody else',
    run: async (world) => {
      const one = new CacheHand(world);
      await one.put();
      const { kept } = await one.ask('k', { known: 'one' });
      assert.deepEqual([kept?.version, kept?.payload], ['one', undefined]);
      assert.equal(textOf(await one.ask('k', { known: 'another' })), 'v');
    },
  },
  {
    rule: 'an error is kept as one, and fresh by a time of its own',
    run: async (world) => {
      const one = new CacheHand(world);
      await one.put('{"code":"X"}', { error: true });
      const answer = await one.ask('k', { freshMs: 0 });
      assert.deepEqual([answer.flight, answer.kept?.error, textOf(answer)], ['none', true, '{"code":"X"}']);
      assert.equal((await one.as('two').ask('k', { freshErrorMs: 0 })).flight, 'yours');
    },
  },
  {
    rule: 'bytes and large payloads come back as they were',
    run: async (world) => {
      const one = new CacheHand(world);
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      await one.put(bytes);
      assert.deepEqual(Buffer.from((await one.ask()).kept?.payload as Uint8Array), Buffer.from(bytes));
      const large = 'x'.repeat(world.largeBytes);
      await one.put(large, {}, 'large');
      assert.equal(textOf(await one.ask('large')), large);
    },
  },
  {
    rule: 'any text is a key, and keys do not meet',
    run: async (world) => {
      const one = new CacheHand(world);
      const keys = [
        '',
        ' ',
        'a',
        'A',
        '{a}',
        'a:flight',
        'generation',
        '\u0000',
        '\ud800',
        '\udc00',
        '\ufffd',
        '日本',
        'x'.repeat(10_000),
        ...numbered(40),
      ];
      for (const key of keys) await one.put(JSON.stringify(key), {}, key);
      for (const key of keys) assert.equal(textOf(await one.ask(key)), JSON.stringify(key));
    },
  },
  {
    rule: 'what is kept ends by itself',
    run: async (world) => {
      const one = new CacheHand(world);
      await one.put('v', { keepMs: 60 });
      await one.put('stays', {}, 'other');
      await eventually(async () => assert.equal((await one.ask()).kept, undefined));
      assert.equal(textOf(await one.ask('other')), 'stays');
    },
  },
  {
    rule: 'a flight ends when its lease does, and renewing prolongs it',
    run: async (world) => {
      const one = new CacheHand(world);
      const { leaseMs } = world;
      await one.ask('a', { leaseMs });
      await one.ask('b', { leaseMs });
      assert.equal(await one.renew(60_000, 'b'), true);
      await eventually(async () => assert.equal((await one.as('two').ask('a')).flight, 'yours'));
      assert(isHeld(await one.as('two').ask('b')));
    },
  },
  {
    rule: 'who lost its flight can neither renew it nor land, and overwrites nothing newer',
    run: async (world) => {
      const one = new CacheHand(world);
      const two = one.as('two');
      await one.ask('k', { leaseMs: world.leaseMs });
      await eventually(async () => assert.equal((await two.ask()).flight, 'yours'));
      assert.equal(await one.renew(), false);
      assert.equal(await one.land('old'), false);
      assert.equal(await two.land('new'), true);
      assert.equal(await one.land('old'), false);
      assert.equal(textOf(await one.ask()), 'new');
    },
  },
  {
    rule: 'a lease that is over is over, though nobody took the flight since',
    run: async (world) => {
      const one = new CacheHand(world);
      await one.ask('k', { leaseMs: 20 });
      await one.ask('later', { leaseMs: 60 });
      await eventually(async () => assert.equal((await one.as('two').ask('later')).flight, 'yours'));
      assert.equal(await one.renew(), false);
      assert.equal(await one.land(), false);
    },
  },
  {
    rule: 'a flight lands once',
    run: async (world) => {
      const one = new CacheHand(world);
      await one.put('first');
      assert.equal(await one.land('second'), false);
      assert.equal(textOf(await one.ask()), 'first');
    },
  },
  {
    rule: 'a dropped flight is free at once; only its holder drops it',
    run: async (world) => {
      const one = new CacheHand(world);
      const two = one.as('two');
      await one.ask();
      await two.drop();
      assert(isHeld(await two.ask()));
      await one.drop();
      assert.equal((await two.ask()).flight, 'yours');
    },
  },
  {
    rule: 'removing takes what is kept, and the flight: what that brings does not land',
    run: async (world) => {
      const one = new CacheHand(world);
      await one.put();
      await one.put('stays', {}, 'other');
      await one.ask('k', { freshMs: 0 });
      await one.remove();
      assert.equal(await one.renew(), false);
      assert.equal(await one.land('old'), false);
      assert.deepEqual(await one.as('two').ask(), { flight: 'yours' });
      assert.equal(textOf(await one.ask('other')), 'stays');
      await one.remove('never was');
    },
  },
  {
    rule: 'clearing takes every key and every flight of the cache, and of no other',
    run: async (world) => {
      const one = new CacheHand(world);
      const keys = numbered(40);
      for (const key of keys) await one.put(`of ${key}`, {}, key);
      await one.ask('flying');
      const cache = world.newStream();
      const request = { token: 'one', leaseMs: 60_000, freshMs: 60_000, freshErrorMs: 0 };
      await lastValueFrom(world.store.cache.ask({ cache, key: 'k' }, request));
      await one.clear();
      assert.equal(await one.land('old', {}, 'flying'), false);
      for (const key of keys) assert.deepEqual(await one.ask(key), { flight: 'yours' });
      const landed = { error: false, payload: 'v', keepMs: 60_000 };
      assert.equal(await lastValueFrom(world.store.cache.land({ cache, key: 'k' }, 'one', landed)), true);
    },
  },
  {
    rule: 'a cleared cache keeps anew, and can be cleared again',
    run: async (world) => {
      const one = new CacheHand(world);
      for (const round of ['1', '2', '3']) {
        await one.put(round);
        assert.equal(textOf(await one.ask()), round);
        await one.clear();
        assert.equal((await one.as('two').ask()).kept, undefined);
        await one.as('two').drop();
      }
    },
  },
  {
    rule: 'of many that ask at once one has the flight',
    run: async (world) => {
      const one = new CacheHand(world);
      const answers = await Promise.all(numbered(50).map((token) => one.as(token).ask()));
      assert.equal(answers.filter(({ flight }) => flight === 'yours').length, 1);
      assert.equal(answers.filter(isHeld).length, 49);
    },
  },
  {
    rule: 'what is kept, flights, removals and clearings are those of both stores',
    needs: 'shared',
    run: async (world) => {
      const one = new CacheHand(world);
      const two = one.as('two', (await world.again()).cache);
      await one.ask();
      assert(isHeld(await two.ask()));
      await one.land('here');
      assert.equal(textOf(await two.ask()), 'here');
      await two.remove();
      assert.deepEqual(await one.ask(), { flight: 'yours' });
      await two.clear();
      assert.equal(await one.land(), false);
    },
  },
];
