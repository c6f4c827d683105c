import { lastValueFrom, of } from 'rxjs';
import { type Cache, connect } from 'sluice';
import type { Scenario, Side } from '../scenario.ts';

/** What a hit in process may take, in µs. */
const MAY_TAKE_US = 50;
/** Keys in turn, each with a value of about 1 KB. */
const KEYS = 1_000;
const OF_STORE = 1_000;
const POLICY = { ttlMs: 3_600_000 };

/** What it takes to be handed what a cache has: from asking to completion, with what it costs to ask the store now and then. */
export const cacheHit: Scenario = {
  name: 'cache-hit',
  unit: 'µs/request',
  better: 'lower',
  target: { atMost: 1 },
  baselineName: `the ${MAY_TAKE_US} µs that it may take`,
  note: 'out of the memory of the process; `store` figures are hits that the store is asked for, one after the other',
  redis: true,
  ours: async ({ redisUrl, messages }): Promise<Side> => {
    const bus = await connect({ store: redisUrl });
    const cache = bus.cache({ name: 'bench' });
    const keys = Array.from({ length: KEYS }, (_, i) => `series/${i}?limit=1000`);
    for (const key of keys) await lastValueFrom(cache.get(key, () => of(seriesOf(key)), POLICY));
    return {
      run: async () => {
        const took = await hits(cache, keys, messages);
        if (cache.metrics().misses !== KEYS) throw new Error(`${cache.metrics().misses - KEYS} requests were no hits`);
        const sorted = took.toSorted();
        const ofStore = await storeHits(redisUrl, keys);
        return {
          figure: sum(took) / took.length,
          against: MAY_TAKE_US,
          extra: { 'p50 µs': at(sorted, 0.5), 'p99 µs': at(sorted, 0.99), 'p99.9 µs': at(sorted, 0.999), ...ofStore },
        };
      },
      close: () => bus.close(),
    };
  },
};

function seriesOf(key: string) {
  const period = Array.from({ length: 40 }, (_, i) => `20${10 + i}-01`);
  return { key, period, value: period.map((_, i) => i * 1.5), indexedAt: '2026-01-01T00:00:00Z' };
}

/** How long each took, in µs. */
async function hits(cache: Cache, keys: readonly string[], count: number): Promise<Float64Array> {
  const never = () => {
    throw new Error('a hit makes no source');
  };
  const took = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const began = performance.now();
    const asked = cache.get(keys[i % keys.length] as string, never, POLICY);
    let done = false;
    asked.subscribe({ complete: () => (done = true) });
    // When the store is asked whether it is still the one.
    if (!done) await lastValueFrom(asked);
    took[i] = (performance.now() - began) * 1_000;
  }
  return took;
}

/** Hits of a process that has none of it in its memory. */
async function storeHits(redisUrl: string, keys: readonly string[]) {
  await using bus = await connect({ store: redisUrl });
  const took = await hits(bus.cache({ name: 'bench' }), keys, OF_STORE);
  return { 'store p50 µs': at(took.toSorted(), 0.5), 'store p99 µs': at(took.toSorted(), 0.99) };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}
