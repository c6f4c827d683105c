import { expect } from 'chai';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import {
  DbnomicsNotFoundError,
  DbnomicsRequestError,
  DbnomicsShapeError,
  dbnomics,
  HttpContentError,
  HttpStatusError,
  type Series,
  type SeriesError,
  type SeriesProgress,
} from '../../../src/adapters/dbnomics/index.ts';
import { DbnomicsServer, generatedDoc, recorded } from '../../support/dbnomicsServer.ts';
import { warningsOf } from '../../support/warnings.ts';

const all = <T>(source: Observable<T>) => lastValueFrom(source.pipe(toArray()));
const failure = (source: Observable<unknown>) =>
  all(source).then(
    () => undefined,
    (error: Error) => error,
  );

describe('dbnomics', () => {
  let server: DbnomicsServer;
  beforeEach(async () => {
    server = await DbnomicsServer.start();
  });
  afterEach(() => server.stop());
  const api = () => dbnomics({ ...server.options, backoff: { initialMs: 1 } });
  const paths = () => server.http.asked.map(({ url }) => url.pathname + url.search);

  it('asks nothing before it is subscribed to', () => {
    const one = api();
    one.providers();
    one.provider('IMF');
    one.dataset('IMF', 'WEO:2025-04');
    one.series({ ids: ['ECB/EXR/D.USD.EUR.SP00.A'] }).deliveries();
    expect(server.http.asked).deep.equal([]);
  });

  describe('catalog', () => {
    it('has providers, over pages', async () => {
      const providers = await all(api().providers({ pageSize: 3 }));
      expect(providers.map(({ code }) => code)).deep.equal([
        'BIS',
        'AMECO',
        'Eurostat',
        'INE-SPAIN',
        'BDF',
        'IMF',
        'ECB',
        'BUILT',
      ]);
      expect(providers[0]).deep.include({
        name: 'Provider BIS',
        region: 'World',
        indexedAt: '2026-10-05T00:00:00.000Z',
      });
      expect(server.http.asked.length).equal(3);
    });

    it('has a provider with its tree; a category may have no code', async () => {
      const { provider, tree } = await firstValueFrom(api().provider('IMF'));
      expect(provider.code).equal('IMF');
      expect(tree[0]).deep.include({ code: null, name: 'All' });
      expect(tree[0]?.children.map(({ code }) => code)).deep.equal(['WEO:2025-04', 'WEO:2023-04']);
    });

    it('has datasets, and reads both shapes of labels in one answer', async () => {
      expect((await all(api().datasets('IMF', { pageSize: 1 }))).map(({ id }) => id)).deep.equal([
        'IMF/WEO:2025-04',
        'IMF/WEO:2023-04',
      ]);
      const dataset = await firstValueFrom(api().dataset('BIS', 'cbpol'));
      expect(dataset).include({
        code: 'cbpol',
        name: 'Policy rates',
        seriesCount: 3,
        indexedAt: '2021-06-25T01:24:17.455Z',
      });
      expect(dataset.dimensions.map(({ code, label, values }) => [code, label, [...values]])).deep.equal([
        [
          'FREQ',
          'Frequency',
          [
            ['M', 'Monthly'],
            ['A', 'Annual'],
          ],
        ],
        [
          'geo',
          'Country',
          [
            ['fr', 'France'],
            ['de', 'Germany'],
          ],
        ],
      ]);
    });

    it('is searched', async () => {
      const found = await all(api().search('economic outlook', { pageSize: 1 }));
      expect(found.map(({ code, matchingSeriesCount }) => [code, matchingSeriesCount])).deep.equal([
        ['WEO:2025-04', 1],
      ]);
      const before = paths().length;
      expect((await all(api().search('a', { pageSize: 2 }))).length).equal((await all(api().search('a'))).length);
      expect(paths().slice(before, before + 2)).deep.equal([
        '/v22/search?q=a&limit=2&offset=0',
        '/v22/search?q=a&limit=2&offset=2',
      ]);
    });
  });

  describe('facets', () => {
    it('count the series of each value of each dimension, without the series', async () => {
      const { seriesCount, dimensions } = await firstValueFrom(api().facets({ provider: 'BIS', dataset: 'cbpol' }));
      expect(seriesCount).equal(3);
      expect([...dimensions].map(([dimension, counts]) => [dimension, [...counts]])).deep.equal([
        ['FREQ', [['M', 3]]],
        [
          'REF_AREA',
          [
            ['AR', 1],
            ['IN', 1],
            ['US', 1],
          ],
        ],
      ]);
      expect(paths()).deep.equal(['/v22/series/BIS/cbpol?facets=1&limit=0&metadata=0']);
    });

    it('are of what is picked: by mask, dimensions and words', async () => {
      const bis = { provider: 'BIS', dataset: 'cbpol' };
      for (const more of [{ mask: 'M.US+IN', q: '' }, { dimensions: { REF_AREA: ['US', 'IN'] } }, { q: 'in' }]) {
        const { dimensions } = await firstValueFrom(api().facets({ ...bis, ...more }));
        expect(dimensions.get('REF_AREA')?.has('IN')).equal(true);
        expect(dimensions.get('REF_AREA')?.has('AR')).equal('q' in more && more.q === 'in');
      }
    });

    it('of another shape, or of a dataset that is not there, are errors', async () => {
      for (const geo of [[{ count: 1 }], [{ code: 'fr' }], {}]) {
        const body = JSON.stringify({ series: { num_found: 1 }, series_dimensions_facets: { geo } });
        server.http.fail({ kind: 'text', body });
        expect(await failure(api().facets({ provider: 'BIS', dataset: 'cbpol' }))).instanceOf(DbnomicsShapeError);
      }
      expect(await failure(api().facets({ provider: 'BIS', dataset: 'no' }))).instanceOf(DbnomicsNotFoundError);
      expect(() => api().facets({ provider: '', dataset: 'cbpol' })).throw('provider');
    });
  });

  describe('series', () => {
    it('are asked for by mask, by dimensions and by dataset, with or without observations', async () => {
      const masked = await all(api().series({ provider: 'BIS', dataset: 'cbpol', mask: 'M.US+IN' }));
      expect(masked.map(({ seriesCode }) => seriesCode)).deep.equal(['M.IN', 'M.US']);
      expect(masked[0]?.observations).deep.equal([]);
      const any = await all(api().series({ provider: 'BIS', dataset: 'cbpol', mask: '..' }));
      expect(any).deep.equal(await all(api().series({ provider: 'BIS', dataset: 'cbpol' })));
      const dimensions = { REF_AREA: ['AR'] };
      const one = await all(api().observations({ provider: 'BIS', dataset: 'cbpol', dimensions }));
      expect(one.length).equal(20);
      expect(one[7]).deep.include({ seriesId: 'BIS/cbpol/M.AR', period: '1993-04', value: 0.63, frequency: 'monthly' });
      expect((await all(api().series({ provider: 'BIS', dataset: 'cbpol' }))).length).equal(3);
      expect(paths()[0]).contain('/series/BIS/cbpol/M.US%2BIN?observations=0&metadata=0');
    });

    it('are looked for by words, and given the same periods', async () => {
      const byWords = await all(api().series({ provider: 'BIS', dataset: 'cbpol', q: 'india' }));
      expect(byWords.map(({ seriesCode }) => seriesCode)).deep.equal(['M.IN']);
      const some = { provider: 'BIS', dataset: 'cbpol', mask: 'M.', observations: true };
      const apart = await all(api().series(some));
      const aligned = await all(api().series({ ...some, alignPeriods: true }));
      const periods = aligned.map(({ observations }) => observations.map(({ period }) => period));
      expect(periods[0]).deep.equal(periods[1]).and.deep.equal(periods[2]);
      expect(periods[0]).include.members(apart.flatMap(({ observations }) => observations.map(({ period }) => period)));
      const values = ({ observations }: Series) => observations.filter(({ value }) => value !== null);
      expect(aligned.map(values)).deep.equal(apart.map(values));
    });

    it('have every frequency with its start day, and numbers in any spelling', async () => {
      const series = await all(api().series({ provider: 'BUILT', dataset: 'freq', observations: true }));
      expect(series.map(({ frequency }) => frequency)).deep.equal(['weekly', 'bimonthly', 'bi-annual']);
      expect(series[0]?.observations[1]).deep.equal({
        period: '2020-W53',
        startDay: '2020-12-28',
        value: 25,
        original: '2.5e1',
      });
    });

    it('are cut to a period here', async () => {
      const days = { from: '2020-01-01', to: '2021-12-31' };
      const got = await all(api().observations({ ids: ['IMF/WEO:2025-04/NPL.NGDP_RPCH.pcent_change'], ...days }));
      expect(got.map(({ period, value }) => [period, value])).deep.equal([
        ['2020', -2.37],
        ['2021', 4.838],
      ]);
    });

    it('that cannot be had are reported, and the rest is given out', async () => {
      const ids = ['ECB/EXR/nope', 'ECB/EXR/D.USD.EUR.SP00.A', 'BIS/cbpol/M..'];
      const errors: SeriesError[] = [];
      const got = await all(api().series({ ids, onSeriesError: (error) => errors.push(error) }));
      expect(got.map(({ id }) => id)).deep.equal(['ECB/EXR/D.USD.EUR.SP00.A']);
      expect(errors.map(({ message, seriesCode }) => [message, seriesCode])).deep.equal([
        ["Series 'ECB/EXR/nope' not found", 'nope'],
        ["Series 'BIS/cbpol/M..' not found", 'M..'],
      ]);
      expect((await warningsOf(2, () => all(api().series({ ids })))).map(({ code }) => code)).deep.equal([
        'SLUICE_DBNOMICS_SERIES',
        'SLUICE_DBNOMICS_SERIES',
      ]);
    });

    it('that cannot be read are reported too', async () => {
      server.docs = [
        { ...generatedDoc(1), value: [1] },
        { ...generatedDoc(2), period_start_day: ['2024-01-01', '2025-07-01'] },
        generatedDoc(3),
      ];
      const ids = ['GEN/big/S1', 'GEN/big/S2', 'GEN/big/S3'];
      const errors: string[] = [];
      const got = await all(
        api().series({ ids, observations: true, onSeriesError: ({ message }) => errors.push(message) }),
      );
      expect(got.map(({ id }) => id)).deep.equal(['GEN/big/S3']);
      expect(errors[0]).contain('GEN/big/S1 has 2 periods, 1 values');
      expect(errors[1]).contain("'2025' of GEN/big/S2 is said to start on 2025-07-01, not 2025-01-01");
    });

    it('of long lists are asked for in portions', async () => {
      server.docs = Array.from({ length: 250 }, (_, i) => generatedDoc(i));
      const ids = server.docs.map(({ series_code }) => `GEN/big/${series_code}`);
      expect((await all(api().series({ ids }))).map(({ id }) => id)).deep.equal(ids);
      expect(server.http.asked.length).equal(3);
    });

    it('are filtered 100 a call', async () => {
      server.generated = 250;
      const filters = [{ code: 'aggregate', parameters: { frequency: 'annual', method: 'end_of_period' } }] as const;
      const got = await all(api().series({ provider: 'GEN', dataset: 'big', pageSize: 250, filters })).catch(
        (error) => error,
      );
      // The server sends back days as periods, as the series it knows nothing of.
      expect(got.length).equal(250);
      expect(server.http.asked.filter(({ method }) => method === 'POST').length).equal(3);
    });
  });

  describe('errors', () => {
    it('are what was recorded, here too', async () => {
      for (const { request, status, message, num_found } of recorded('errors.json')) {
        const asked = new URL(request, 'http://x');
        const reply = await fetch(`${server.options.baseUrl}${asked.pathname}${asked.search}`);
        expect(reply.status).equal(status);
        const body = (await reply.json()) as { message?: string; series?: { num_found: number } };
        expect(body.message).equal(message);
        expect(body.series?.num_found).equal(num_found);
      }
    });

    it('of what is not there', async () => {
      const message = "Series 'IMF/WEO:2025-04/NPL.NOPE.x' not found";
      const error = await failure(api().series({ provider: 'IMF', dataset: 'WEO:2025-04', mask: 'NPL.NOPE.x' }));
      expect(error).instanceOf(DbnomicsNotFoundError).include({ message, code: 'DBNOMICS_NOT_FOUND' });
      expect(await failure(api().provider('NOPE'))).instanceOf(DbnomicsNotFoundError);
      expect(await failure(api().dataset('IMF', 'NOPE'))).instanceOf(DbnomicsNotFoundError);
    });

    for (const { message } of recorded('errors.json').filter((row: { status: number }) => row.status === 400)) {
      it(`of what the API refuses, in its words: ${message}`, async () => {
        server.http.fail({ kind: 'status', status: 400, body: JSON.stringify({ message }) });
        const error = await failure(api().search('x'));
        expect(error).instanceOf(DbnomicsRequestError).include({ message, code: 'DBNOMICS_REQUEST' });
        expect(server.http.asked.length).equal(1);
      });
    }

    it('of limits come before anything is asked', () => {
      expect(() => api().series({ provider: 'IMF', dataset: 'x', pageSize: 1_001 })).throw('pageSize is 1001');
      expect(() => api().datasets('IMF', { pageSize: 501 })).throw('from 1 to 500');
      expect(() => api().search('x', { pageSize: 101 })).throw('from 1 to 100');
      expect(() => api().series({ ids: ['a/b'] })).throw('ids');
      expect(() => api().series({ provider: 'a/b', dataset: 'x' })).throw('provider');
      expect(() => api().series({ provider: 'x', dataset: '..' })).throw('dataset');
      expect(() => api().provider('..')).throw('neither . nor ..');
      expect(() => api().series({ ids: [], from: '2014' })).throw('from');
    });

    it('of an unknown dimension there is none: nothing is found', async () => {
      expect(
        await all(api().series({ provider: 'IMF', dataset: 'WEO:2025-04', dimensions: { nope: ['NPL'] } })),
      ).deep.equal([]);
    });

    it('of HTML and of another shape', async () => {
      server.http.fail(
        { kind: 'html', status: 200 },
        { kind: 'text', body: '{"series":[]}' },
        { kind: 'text', body: '[]' },
      );
      const query = { provider: 'IMF', dataset: 'WEO:2025-04' };
      expect(await failure(api().series(query))).instanceOf(HttpContentError);
      expect(await failure(api().series(query))).instanceOf(DbnomicsShapeError);
      expect(await failure(api().series(query))).instanceOf(DbnomicsShapeError);
    });
  });

  describe('walks', () => {
    const query = { provider: 'GEN', dataset: 'big', pageSize: 10 };
    const expected = (count: number, from = 0) => Array.from({ length: count - from }, (_, i) => `S${i + from}`);
    const codes = async (more: object = {}) =>
      (await all(api().series({ ...query, ...more }))).map(({ seriesCode }) => seriesCode);

    it('end exactly at the last page, full or not', async () => {
      for (const count of [0, 1, 10, 19, 20, 21]) {
        server.generated = count;
        expect(await codes()).deep.equal(expected(count));
      }
      expect(server.http.asked.length).equal(1 + 1 + 1 + 2 + 2 + 3);
    });

    it('go on at the page that failed', async () => {
      server.generated = 50;
      const asked = api().series(query);
      const got: string[] = [];
      let pages = 0;
      for await (const { seriesCode } of asked) {
        got.push(seriesCode);
        if (got.length === 11 || got.length === 31) {
          server.http.fail({ kind: 'cut' }, { kind: 'html', status: 500 }, { kind: 'status', status: 429 });
          pages += 1;
        }
      }
      expect(pages).equal(2);
      expect(got).deep.equal(expected(50));
      expect(new Set(paths()).size).equal(5);
      expect(paths().length).equal(11);
    });

    it('are gone on with from where the progress was', async () => {
      server.generated = 35;
      const seen: SeriesProgress[] = [];
      const got = [];
      for await (const { seriesCode } of api().series({ ...query, onProgress: (progress) => seen.push(progress) })) {
        got.push(seriesCode);
        if (got.length === 10) break;
      }
      expect(seen[0]).deep.equal({ done: 10, found: 35, offset: 10 });
      expect(await codes({ offset: seen[0]?.offset })).deep.equal(expected(35, 10));
    });

    it('emit nothing twice and lose nothing when pages drift', async () => {
      for (const change of [-3, 3]) {
        const docs = Array.from({ length: 30 }, (_, i) => ({ ...generatedDoc(i), dataset_code: 'small' }));
        server.docs = docs;
        const got: string[] = [];
        for await (const { seriesCode } of api().series({ ...query, dataset: 'small' })) {
          got.push(seriesCode);
          if (got.length !== 2) continue;
          const added = Array.from({ length: 3 }, (_, i) => ({ ...generatedDoc(100 + i), dataset_code: 'small' }));
          server.docs = change < 0 ? docs.slice(3) : [...added, ...docs];
        }
        expect(got).deep.equal(expected(30));
      }
    });

    it('fail when a page is empty that should not be', async () => {
      const body = JSON.stringify({ series: { docs: [], num_found: 5, offset: 0, limit: 10 } });
      server.http.fail({ kind: 'text', body });
      expect(await failure(api().series(query))).instanceOf(DbnomicsShapeError);
    });

    it('abort the page under way when they are left', async () => {
      server.generated = 50;
      const walking = api().series(query)[Symbol.asyncIterator]();
      server.http.fail({ kind: 'silent' });
      const next = walking.next();
      while (server.http.asked.length === 0) await new Promise(setImmediate);
      await walking.return?.();
      expect(await next).deep.equal({ done: true, value: undefined });
      while (server.http.left === 0) await new Promise(setImmediate);
    });
  });

  it('knows how providers fare', async () => {
    const one = dbnomics({ ...server.options, attempts: 1 });
    await all(one.series({ ids: ['IMF/WEO:2025-04/NPL.NGDP_RPCH.pcent_change'] }));
    server.http.fail({ kind: 'html', status: 500 });
    expect(await failure(one.series({ ids: ['IMF/WEO:2025-04/x'] }))).instanceOf(HttpStatusError);
    const [health] = one.health();
    expect(health).include({ providerCode: 'IMF', calls: 2, failures: 1, errorRate: 0.5, lastError: 'HTTP_STATUS' });
    expect(health?.indexedAt).equal('2025-05-15T11:13:27.379Z');
    expect(health?.ageMs).greaterThan(0);
  });
});
