import { expect } from 'chai';
import type { TrimBounds } from '../../../src/core/store.ts';
import { connect, memoryStore } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';

/** What a bus keeps of its streams, by their partitions. */
async function kept(retention: object): Promise<Record<string, TrimBounds>> {
  const seen: Record<string, TrimBounds> = {};
  const store = memoryStore();
  const trim = store.trim.bind(store);
  store.trim = (stream, bounds) => {
    seen[stream] = bounds;
    return trim(stream, bounds);
  };
  await using _bus = await connect({ store, retention: { everyMs: 1, ...retention } });
  await eventually(() => expect(seen).include.keys('main.0', 'replies.0'));
  store.close().subscribe();
  return seen;
}

describe('replies that nobody has read', () => {
  it('are kept for ten minutes, whatever is kept of other streams', async () => {
    for (const maxAgeMs of [Infinity, 86_400_000]) {
      const { 'replies.0': replies, 'main.0': main } = await kept({ maxAgeMs });
      expect(replies).include({ maxAgeMs: 600_000, maxEntries: 100_000 });
      expect(main?.maxAgeMs ?? Infinity).equal(maxAgeMs);
    }
  });

  it('are kept for less, where nothing is kept as long', async () => {
    expect((await kept({ maxAgeMs: 5_000 }))['replies.0']).include({ maxAgeMs: 5_000 });
  });
});
