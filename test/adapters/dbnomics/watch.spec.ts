import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  DbnomicsNotFoundError,
  dbnomics,
  fileWatchState,
  memoryWatchState,
  type SeriesChange,
  type WatchState,
} from '../../../src/adapters/dbnomics/index.ts';
import type { Delivery } from '../../../src/core/delivery.ts';
import { DbnomicsServer, generatedDoc } from '../../support/dbnomicsServer.ts';
import { eventually } from '../../support/eventually.ts';

const IDS = ['GEN/big/S1', 'GEN/big/S2'];

/** A change in short: `S1 +2024=1 ~2025:1.5>9 -2023`. */
function short({ series, added, revised, removed }: SeriesChange): string {
  return [
    series.seriesCode,
    ...added.map(({ period, value }) => `+${period}=${value}`),
    ...revised.map(({ observation, previous }) => `~${observation.period}:${previous}>${observation.value}`),
    ...removed.map((period) => `-${period}`),
  ].join(' ');
}

describe('watch of dbnomics', () => {
  let server: DbnomicsServer;
  let updates = 0;
  beforeEach(async () => {
    server = await DbnomicsServer.start();
    server.docs = [generatedDoc(1), generatedDoc(2)];
  });
  afterEach(() => server.stop());

  const source = (state: WatchState, more: object = {}) =>
    dbnomics({ ...server.options, attempts: 1 }).watch(IDS, { everyMs: 5, readEvery: 1_000_000, state, ...more });
  const change = (i: number, fields: object) => {
    updates += 1;
    const indexed_at = new Date(Date.UTC(2026, 9, 2) + updates * 1_000).toISOString();
    server.docs = server.docs.map((doc, at) => (at === i ? { ...doc, ...fields, indexed_at } : doc));
  };
  const asked = (path: string) => server.http.asked.filter(({ url }) => url.pathname.endsWith(path)).length;
  const FIRST = ['S1 +2024=1 +2025=1.5', 'S2 +2024=2 +2025=2.5'];
  const AFTER = { period: ['2025', '2026'], period_start_day: ['2025-01-01', '2026-01-01'], value: [9, 'NA'] };

  it('emits what is new, revised or gone, and nothing else', async () => {
    const seen: string[] = [];
    const watching = source(memoryWatchState()).subscribe((one) => seen.push(short(one)));
    await eventually(() => seen.length === 2);
    change(0, AFTER);
    await eventually(() => seen.length === 3);
    change(1, {});
    const looked = asked('/last-updates');
    await eventually(() => asked('/last-updates') > looked + 5);
    watching.unsubscribe();
    expect(seen).deep.equal([...FIRST, 'S1 +2026=null ~2025:1.5>9 -2024']);
  });

  it('reads series only when their dataset was indexed anew', async () => {
    const watching = source(memoryWatchState()).subscribe();
    await eventually(() => asked('/last-updates') >= 10);
    expect(asked('/series')).at.most(2);
    change(0, AFTER);
    await eventually(() => asked('/series') >= 3);
    watching.unsubscribe();
  });

  describe('with more datasets than a page has', () => {
    /** Where the pages of each look began, from the first look at `/last-updates` on. */
    const offsets = () =>
      server.http.asked
        .filter(({ url }) => url.pathname.endsWith('/last-updates'))
        .map(({ url }) => Number(url.searchParams.get('datasets.offset')));
    const looks = () => offsets().filter((offset) => offset === 0).length;

    const index = (indexed_at: string) => {
      server.docs = server.docs.map((doc) => ({ ...doc, indexed_at }));
    };
    beforeEach(() => index('2020-01-01T00:00:00.000Z'));

    it('finds a dataset on whatever page, and looks no further than there is news', async () => {
      server.otherDatasets = 1_800;
      const seen: string[] = [];
      const watching = source(memoryWatchState()).subscribe((one) => seen.push(short(one)));
      await eventually(() => looks() >= 3);
      // What is known of the series is older than all pages, until all were seen once.
      expect(offsets().slice(0, 6)).deep.equal([0, 500, 1_000, 1_500, 0, 0]);
      expect(asked('/series')).equal(1);
      change(0, AFTER);
      await eventually(() => seen.length === 3);
      watching.unsubscribe();
      expect(seen[2]).equal('S1 +2026=null ~2025:1.5>9 -2024');
    });

    it('reads on where news fill more than a page', async () => {
      const watching = source(memoryWatchState()).subscribe();
      await eventually(() => looks() >= 1);
      // Twelve hours, so 720 datasets, behind the newest.
      index('2026-08-31T12:00:00.000Z');
      server.otherDatasets = 1_200;
      await eventually(() => asked('/series') >= 2);
      watching.unsubscribe();
      expect(offsets()).include(500).and.not.include(1_000);
    });

    it('tells again what it could not read', async () => {
      server.otherDatasets = 1_200;
      const seen: string[] = [];
      const watching = source(memoryWatchState(), { onLookFailed: () => undefined }).subscribe((one) =>
        seen.push(short(one)),
      );
      await eventually(() => looks() >= 1);
      change(0, AFTER);
      for (let failed = 0; failed < 5; failed++) {
        server.http.fail({ kind: 'reset' });
        const before = server.http.asked.length;
        await eventually(() => server.http.asked.length > before);
      }
      await eventually(() => seen.length === 3);
      watching.unsubscribe();
    });
  });

  it('reads them all until they were read once', async () => {
    const seen: string[] = [];
    server.http.fail({ kind: 'reset' }, { kind: 'html', status: 503 });
    const options = { onLookFailed: () => undefined };
    const watching = source(memoryWatchState(), options).subscribe((one) => seen.push(short(one)));
    await eventually(() => seen.length === 2 && asked('/last-updates') > 0);
    watching.unsubscribe();
    expect(server.http.asked.slice(0, 3).map(({ url }) => url.pathname)).deep.equal(Array(3).fill('/v22/series'));
  });

  it('reads them now and then all the same', async () => {
    const watching = source(memoryWatchState(), { readEvery: 1 }).subscribe();
    await eventually(() => asked('/series') >= 5);
    watching.unsubscribe();
    expect(asked('/last-updates')).equal(0);
  });

  it('goes on after a restart: what was settled does not come again, what was not does', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'watch-'));
    try {
      const first: Delivery<SeriesChange>[] = [];
      const before = source(fileWatchState(folder))
        .deliveries()
        .subscribe((one) => first.push(one));
      await eventually(() => first.length === 1);
      first[0]?.ack();
      // The second is out, and its process dies.
      await eventually(() => first.length === 2);
      before.unsubscribe();
      expect(first.map(({ data }) => short(data))).deep.equal(FIRST);

      change(0, AFTER);
      const second: string[] = [];
      const after = source(fileWatchState(folder))
        .deliveries()
        .subscribe((one) => {
          second.push(short(one.data));
          one.ack();
        });
      await eventually(() => second.length === 2);
      const looked = asked('/last-updates');
      await eventually(() => asked('/last-updates') > looked + 3);
      after.unsubscribe();
      expect(second).deep.equal(['S1 +2026=null ~2025:1.5>9 -2024', FIRST[1]]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('keeps what is settled after it was left, as a pipeline that stops does', async () => {
    const state = memoryWatchState();
    const held: Delivery<SeriesChange>[] = [];
    const stopping = source(state)
      .deliveries()
      .subscribe((one) => held.push(one));
    await eventually(() => held.length === 1);
    stopping.unsubscribe();
    held[0]?.ack();
    const seen: string[] = [];
    const again = source(state).subscribe((one) => seen.push(short(one)));
    await eventually(() => seen.length === 1);
    again.unsubscribe();
    expect(seen).deep.equal([FIRST[1]]);
  });

  it('gives a change out again until it is settled for good', async () => {
    const seen: string[] = [];
    const watching = source(memoryWatchState())
      .deliveries()
      .subscribe((one) => {
        seen.push(`${one.attempt} ${short(one.data)}`);
        if (one.attempt < 2) one.retry();
        else one.ack();
      });
    await eventually(() => seen.length === 4);
    watching.unsubscribe();
    expect(seen).deep.equal([`1 ${FIRST[0]}`, `2 ${FIRST[0]}`, `1 ${FIRST[1]}`, `2 ${FIRST[1]}`]);
  });

  it('looks again after a look that failed, and loses nothing', async () => {
    const failed: string[] = [];
    const seen: string[] = [];
    server.http.fail({ kind: 'html', status: 500 }, { kind: 'cut' });
    const options = { onLookFailed: (error: Error & { code?: string }) => failed.push(error.code ?? '') };
    const watching = source(memoryWatchState(), options).subscribe((one) => seen.push(short(one)));
    await eventually(() => seen.length === 2);
    change(0, AFTER);
    server.http.fail({ kind: 'status', status: 503 }, { kind: 'reset' }, { kind: 'status', status: 503 });
    await eventually(() => seen.length === 3);
    watching.unsubscribe();
    expect(seen.slice(0, 2)).deep.equal(FIRST);
    expect(failed.slice(0, 2)).deep.equal(['HTTP_STATUS', 'HTTP_NETWORK']);
  });

  it('waits out a limit that is longer than a call has patience for', async () => {
    server.http.fail({ kind: 'status', status: 429, headers: { 'retry-after': '0.2' } });
    const failed: string[] = [];
    const options = { everyMs: 5, state: memoryWatchState(), onLookFailed: ({ name }: Error) => failed.push(name) };
    const watched = dbnomics({ ...server.options, attempts: 1, maxWaitMs: 10 }).watch(IDS, options);
    const seen: unknown[] = [];
    const watching = watched.subscribe({ next: (one) => seen.push(short(one)), error: (error) => seen.push(error) });
    await eventually(() => seen.length === 2);
    watching.unsubscribe();
    expect(seen).deep.equal(FIRST);
    expect(failed[0]).equal('HttpRateLimitError');
  });

  it('ends with what no other look mends', async () => {
    server.http.fail({ kind: 'status', status: 404 });
    const error = await new Promise((resolve) => source(memoryWatchState()).subscribe({ error: resolve }));
    expect(error).instanceOf(DbnomicsNotFoundError);
  });

  it('refuses what makes no sense', () => {
    expect(() => source(memoryWatchState(), { everyMs: 0 })).throw('everyMs');
    expect(() => source({} as WatchState)).throw('state');
    expect(() => source(memoryWatchState()).deliveries({ credit: 2 })).throw('credit');
  });
});
