import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  type CatalogDataset,
  DatagovKeyError,
  DatagovShapeError,
  datagov,
  fileWatchState,
  memoryWatchState,
  type WatchCatalogOptions,
  type WatchState,
} from '../../../src/adapters/datagov/index.ts';
import type { Delivery } from '../../../src/core/delivery.ts';
import { DatagovServer, generatedHit, harvestTime } from '../../support/datagovServer.ts';
import { eventually } from '../../support/eventually.ts';
import { warningsOf } from '../../support/warnings.ts';

const START = Date.UTC(2026, 9, 1);

describe('watchCatalog', () => {
  let server: DatagovServer;
  beforeEach(async () => {
    server = await DatagovServer.start();
    server.docs = [];
  });
  afterEach(() => server.stop());

  const watch = (state: WatchState, more: Partial<WatchCatalogOptions> = {}, http: object = {}) =>
    datagov({ ...server.direct, attempts: 1, ...http }).watchCatalog({
      everyMs: 3,
      since: new Date(START),
      state,
      pageSize: 4,
      ...more,
    });
  /** Harvests a generated dataset, new or again. */
  const harvest = (i: number, seconds: number, fields: object = {}) => {
    const doc = generatedHit(i, { last_harvested_date: harvestTime(seconds), ...fields });
    server.docs = [...server.docs.filter(({ slug }) => slug !== doc.slug), doc];
  };
  const asked = () => server.http.asked.length;
  const looksMore = async (count = 4) => {
    const before = asked();
    await eventually(() => asked() >= before + count);
  };

  it('gives out what is harvested, newest first, again when it is harvested again, and nothing twice', async () => {
    const seen: string[] = [];
    for (let i = 1; i <= 10; i++) harvest(i, i);
    const watching = watch(memoryWatchState()).subscribe(({ slug, lastHarvestedAt }) =>
      seen.push(`${slug} ${lastHarvestedAt?.slice(14)}`),
    );
    await eventually(() => seen.length === 10);
    expect(seen).deep.equal(
      Array.from({ length: 10 }, (_, i) => `gen-${10 - i} 00:${String(10 - i).padStart(2, '0')}.000000Z`),
    );
    harvest(3, 20);
    harvest(11, 21);
    await eventually(() => seen.length === 12);
    await looksMore();
    watching.unsubscribe();
    expect(seen.slice(10)).deep.equal(['gen-11 00:21.000000Z', 'gen-3 00:20.000000Z']);
  });

  it('begins at `since`, by default now; the state counts from then on', async () => {
    harvest(1, -10);
    harvest(2, 0);
    harvest(3, 5);
    const seen: string[] = [];
    const state = memoryWatchState();
    const first = watch(state).subscribe(({ slug }) => seen.push(slug));
    await eventually(() => seen.length === 2);
    first.unsubscribe();
    harvest(4, 6);
    const again = watch(state, { since: new Date(START - 1e9) }).subscribe(({ slug }) => seen.push(slug));
    await eventually(() => seen.length === 3);
    await looksMore();
    again.unsubscribe();
    expect(seen).deep.equal(['gen-3', 'gen-2', 'gen-4']);
    const none = datagov(server.direct).watchCatalog({ everyMs: 3, state: memoryWatchState() });
    const nothing = none.subscribe(({ slug }) => seen.push(slug));
    await looksMore();
    nothing.unsubscribe();
    expect(seen.length).equal(3);
  });

  it('counts from when it first began, though nothing was harvested before it ended', async () => {
    const state = memoryWatchState();
    const first = watch(state, { since: new Date(START) }).subscribe();
    await eventually(() => asked() >= 1);
    first.unsubscribe();
    harvest(1, 5);
    const seen: string[] = [];
    const again = watch(state, { since: new Date(START + 60_000) }).subscribe(({ slug }) => seen.push(slug));
    await eventually(() => seen.length === 1);
    again.unsubscribe();
  });

  it('takes times without a zone for UTC', async () => {
    harvest(1, 0);
    const seen: CatalogDataset[] = [];
    const watching = watch(memoryWatchState()).subscribe((one) => seen.push(one));
    await eventually(() => seen.length === 1);
    watching.unsubscribe();
    expect(server.docs[0]?.last_harvested_date).equal('2026-10-01T00:00:00.000000');
    expect(seen[0]?.lastHarvestedAt).equal('2026-10-01T00:00:00.000000Z');
  });

  it('gives out what comes into the index late, as far back as the overlap', async () => {
    harvest(1, 7_000);
    const seen: string[] = [];
    const watching = watch(memoryWatchState(), { overlapMs: 3_600_000 }).subscribe(({ slug }) => seen.push(slug));
    await eventually(() => seen.length === 1);
    await looksMore();
    harvest(2, 3_401);
    harvest(3, 3_399);
    await eventually(() => seen.length === 2);
    await looksMore();
    watching.unsubscribe();
    expect(seen).deep.equal(['gen-1', 'gen-2']);
  });

  it('looks no further back than it remembers, rather than give out twice', async () => {
    for (let i = 1; i <= 30; i++) harvest(i, i);
    const seen: string[] = [];
    const watching = watch(memoryWatchState(), { remember: 5 }).subscribe(({ slug }) => seen.push(slug));
    await eventually(() => seen.length === 30);
    await looksMore(6);
    harvest(31, 26);
    harvest(32, 25);
    await eventually(() => seen.length === 31);
    await looksMore(6);
    watching.unsubscribe();
    expect(seen.slice(30)).deep.equal(['gen-31']);
    expect(new Set(seen).size).equal(31);
  });

  it('passes over many harvests of one moment', async () => {
    for (let i = 1; i <= 30; i++) harvest(i, 5);
    const seen: string[] = [];
    const watching = watch(memoryWatchState()).subscribe(({ slug }) => seen.push(slug));
    await eventually(() => seen.length === 30);
    await looksMore();
    watching.unsubscribe();
    expect(new Set(seen).size).equal(30);
    expect(seen.length).equal(30);
  });

  it('goes on after restarts anywhere: what was settled does not come again, what was not does', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'watch-catalog-'));
    try {
      for (let i = 1; i <= 11; i++) harvest(i, i);
      const settled: string[] = [];
      const given: string[] = [];
      let next = 12;
      for (let life = 0; life < 8; life++) {
        const dies = settled.length + 2;
        await new Promise<void>((resolve) => {
          const living = watch(fileWatchState(folder))
            .deliveries()
            .subscribe((delivery: Delivery<CatalogDataset>) => {
              given.push(delivery.data.slug);
              // This one is out, and its process dies.
              if (settled.length === dies) {
                resolve();
                queueMicrotask(() => living.unsubscribe());
                return;
              }
              settled.push(delivery.data.slug);
              delivery.ack();
            });
        });
        // Meanwhile the catalog goes on.
        harvest(next, next);
        next += 1;
      }
      const last = watch(fileWatchState(folder))
        .deliveries()
        .subscribe((delivery) => {
          settled.push(delivery.data.slug);
          delivery.ack();
        });
      await eventually(() => settled.length === next - 1);
      await looksMore();
      last.unsubscribe();
      expect([...settled].sort()).deep.equal(Array.from({ length: next - 1 }, (_, i) => `gen-${i + 1}`).sort());
      expect(given.length).equal(8 * 3);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('keeps what is settled after it was left, as a pipeline that stops does', async () => {
    harvest(1, 1);
    harvest(2, 2);
    const state = memoryWatchState();
    const held: Delivery<CatalogDataset>[] = [];
    const stopping = watch(state)
      .deliveries()
      .subscribe((delivery) => held.push(delivery));
    await eventually(() => held.length === 1);
    stopping.unsubscribe();
    held[0]?.ack();
    const seen: string[] = [];
    const again = watch(state).subscribe(({ slug }) => seen.push(slug));
    await eventually(() => seen.length === 1);
    await looksMore();
    again.unsubscribe();
    expect([held[0]?.data.slug, ...seen]).deep.equal(['gen-2', 'gen-1']);
  });

  it('ends when its state can not be written', async () => {
    harvest(1, 1);
    harvest(2, 2);
    const good = memoryWatchState();
    let writes = 0;
    const set = async (key: string, text: string) => {
      if (++writes === 2) throw new Error('disk full');
      return good.set(key, text);
    };
    const error = await new Promise((resolve) =>
      watch({ ...good, set })
        .deliveries()
        .subscribe({ next: (delivery) => delivery.ack(), error: resolve }),
    );
    expect(error).property('message', 'disk full');
  });

  it('goes on after failed looks where they failed, and loses nothing', async () => {
    for (let i = 1; i <= 12; i++) harvest(i, i);
    const failed: string[] = [];
    const seen: string[] = [];
    server.http.fail({ kind: 'cut' });
    const onLookFailed = (error: Error & { readonly code?: string }) => failed.push(error.code ?? '');
    const watching = watch(memoryWatchState(), { onLookFailed }).subscribe(({ slug }) => {
      seen.push(slug);
      if (seen.length === 2) server.http.fail({ kind: 'status', status: 503 }, { kind: 'html', status: 500 });
    });
    await eventually(() => seen.length === 12);
    await looksMore();
    watching.unsubscribe();
    expect(failed).deep.equal(['HTTP_NETWORK', 'HTTP_STATUS', 'HTTP_STATUS']);
    expect(seen).deep.equal(Array.from({ length: 12 }, (_, i) => `gen-${12 - i}`));
  });

  it('waits out a limit that is longer than a call has patience for', async () => {
    harvest(1, 1);
    const failed: Error[] = [];
    const seen: string[] = [];
    const state = memoryWatchState();
    // Above the patience of a call, below that of a test.
    server.http.fail({ kind: 'status', status: 429, headers: { 'retry-after': '0.2' } });
    const options = { onLookFailed: (error: Error) => failed.push(error) };
    const watching = watch(state, options, { maxWaitMs: 10 }).subscribe({
      next: ({ slug }) => seen.push(slug),
      error: (error) => seen.push(String(error)),
    });
    await eventually(() => seen.length === 1);
    watching.unsubscribe();
    expect(seen).deep.equal(['gen-1']);
    expect(failed[0]).property('code', 'HTTP_RATE_LIMIT');
    expect(failed.at(-1)).property('retryable', false);
  });

  it('is not misled by a harvest of the future', async () => {
    const seen: string[] = [];
    harvest(1, (Date.now() - START) / 1_000 + 90 * 86_400);
    const watching = watch(memoryWatchState()).subscribe(({ slug }) => seen.push(slug));
    await eventually(() => seen.length === 1);
    await looksMore();
    harvest(2, (Date.now() - START) / 1_000);
    await eventually(() => seen.length === 2);
    await looksMore();
    watching.unsubscribe();
    expect(seen).deep.equal(['gen-1', 'gen-2']);
  });

  for (const [key, text] of [
    ['datagov-catalog', '{"doneMs":17'],
    ['datagov-catalog', ''],
    ['datagov-catalog', '{}'],
    ['datagov-catalog', 'null'],
    ['datagov-catalog:harvests', '[["a",'],
    ['datagov-catalog:harvests', '{}'],
  ] as const) {
    it(`ends at once when its state is not what it kept: ${text} in ${key}`, async () => {
      const state = memoryWatchState();
      await state.set(key, text);
      const error = await new Promise((resolve) => watch(state).subscribe({ error: resolve }));
      expect(error).property('code', 'INVALID_OPTION');
      expect(error).property('message').contain(`state of ${key} is`).and.contain('remove it to begin anew');
      expect(asked()).equal(0);
    });
  }

  it('begins a look anew when the cursor that it kept is not taken any more', async () => {
    for (let i = 1; i <= 12; i++) harvest(i, i);
    const state = memoryWatchState();
    const seen: string[] = [];
    const first = watch(state)
      .deliveries()
      .subscribe((delivery) => {
        seen.push(delivery.data.slug);
        if (seen.length < 6) delivery.ack();
      });
    await eventually(() => seen.length === 6);
    first.unsubscribe();
    const position = JSON.parse(String(await state.get('datagov-catalog')));
    expect(position.look.after).a('string');
    position.look.after = 'bm9uc2Vuc2U=';
    await state.set('datagov-catalog', JSON.stringify(position));
    const failed: Error[] = [];
    const rest: string[] = [];
    const again = watch(state, { onLookFailed: (error) => failed.push(error) }).subscribe(({ slug }) =>
      rest.push(slug),
    );
    await eventually(() => rest.length === 7);
    await looksMore();
    again.unsubscribe();
    expect(failed.length).equal(1);
    expect(rest).deep.equal(Array.from({ length: 7 }, (_, i) => `gen-${7 - i}`));
  });

  it('ends when Data.gov sorts by something else: what is new could be anywhere', async () => {
    for (let i = 1; i <= 3; i++) harvest(i, i);
    server.unknownValues.add('last_harvested_date');
    const seen: string[] = [];
    const error = await new Promise((resolve) =>
      watch(memoryWatchState()).subscribe({ next: ({ slug }) => seen.push(slug), error: resolve }),
    );
    expect(error).instanceOf(DatagovShapeError).property('message').contain('sorted by relevance');
    expect(seen).deep.equal([]);
  });

  it('warns of a filter that Data.gov leaves aside, once', async () => {
    for (let i = 1; i <= 3; i++) harvest(i, i);
    server.unknownValues.add('epa-gov');
    const warnings = await warningsOf(1, async () => {
      const seen: string[] = [];
      const watching = watch(memoryWatchState(), { orgSlug: 'epa-gov' }).subscribe(({ slug }) => seen.push(slug));
      await eventually(() => seen.length === 3);
      await looksMore();
      watching.unsubscribe();
    });
    expect(warnings.map(({ code }) => code)).deep.equal(['SLUICE_DATAGOV_SEARCH']);
    expect(warnings[0]?.message).contain('left orgSlug epa-gov aside');
  });

  it('ends with what no other look mends', async () => {
    const api = datagov({ ...server.gateway, key: 'wrong' });
    const error = await new Promise((resolve) =>
      api.watchCatalog({ everyMs: 3, state: memoryWatchState() }).subscribe({ error: resolve }),
    );
    expect(error).instanceOf(DatagovKeyError);
  });

  it('keeps watches of other filters apart in one state', async () => {
    const state = memoryWatchState();
    harvest(1, 1);
    harvest(2, 2, { publisher: 'Other' });
    const seen: string[] = [];
    for (const publisher of ['Generator', 'Other']) {
      const before = seen.length;
      const watching = watch(state, { publisher }).subscribe(({ slug }) => seen.push(slug));
      await eventually(() => seen.length > before);
      watching.unsubscribe();
    }
    expect(seen).deep.equal(['gen-1', 'gen-2']);
  });

  it('refuses what makes no sense', () => {
    const state = memoryWatchState();
    expect(() => watch(state, { everyMs: 0 })).throw('everyMs');
    expect(() => watch(state, { since: new Date(Number.NaN) })).throw('since');
    expect(() => watch(state, { remember: 0 })).throw('remember');
    expect(() => watch(state, { overlapMs: -1 })).throw('overlapMs');
    expect(() => watch(state, { orgSlug: 'NASA' })).throw('orgSlug');
    expect(() => watch({} as WatchState)).throw('state');
    expect(() => watch(state).deliveries({ credit: 2 })).throw('credit');
  });
});
