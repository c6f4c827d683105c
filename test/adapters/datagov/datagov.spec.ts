import { expect } from 'chai';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import {
  DatagovNotFoundError,
  type DatagovOptions,
  DatagovShapeError,
  datagov,
  type SearchNotice,
  type SearchQuery,
} from '../../../src/adapters/datagov/index.ts';
import { DatagovServer, generatedHit } from '../../support/datagovServer.ts';
import { warningsOf } from '../../support/warnings.ts';

const all = <T>(source: Observable<T>) => lastValueFrom(source.pipe(toArray()));
const failure = (source: Observable<unknown>) =>
  all(source).then(
    () => undefined,
    (error: Error) => error,
  );
const BOX = {
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 0],
      [0, 0],
    ],
  ],
};

describe('datagov', () => {
  let server: DatagovServer;
  beforeEach(async () => {
    server = await DatagovServer.start();
  });
  afterEach(() => server.stop());
  const api = (options: DatagovOptions = {}) => datagov({ ...server.direct, backoff: { initialMs: 1 }, ...options });
  const byGateway = (options: DatagovOptions = {}) =>
    datagov({ ...server.gateway, backoff: { initialMs: 1 }, ...options });
  const paths = () => server.http.asked.map(({ url }) => url.pathname + url.search);

  it('asks nothing before it is subscribed to', () => {
    const one = api();
    one.search();
    one.dataset('x');
    one.organizations();
    one.harvestRecord('x');
    one.download(server.file('x.csv')).deliveries();
    expect(server.http.asked).deep.equal([]);
  });

  it('sends every parameter of a search', async () => {
    server.docs = [];
    await all(
      api().search({
        q: '"air quality" OR ozone',
        sort: 'distance',
        pageSize: 7,
        orgSlug: 'epa-gov',
        orgTypes: ['Federal Government', 'Tribal'],
        keywords: ['air', 'clean water'],
        publisher: 'EPA & friends',
        collection: 'urn:c',
        hasDownload: true,
        spatialFilter: 'geospatial',
        area: { geometry: BOX, relation: 'intersects' },
        after: 'WzEsMiwieCJd',
      }),
    );
    const searchParams = server.http.asked[0]?.url.searchParams ?? new URLSearchParams();
    expect(Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]))).deep.equal({
      q: ['"air quality" OR ozone'],
      sort: ['distance'],
      per_page: ['7'],
      org_slug: ['epa-gov'],
      org_type: ['Federal Government', 'Tribal'],
      keyword: ['air', 'clean water'],
      publisher: ['EPA & friends'],
      collection: ['urn:c'],
      has_download: ['true'],
      spatial_filter: ['geospatial'],
      spatial_geometry: [JSON.stringify(BOX)],
      spatial_within: ['false'],
      after: ['WzEsMiwieCJd'],
    });
    await all(api().search({ area: { geometry: BOX } }));
    expect(paths()[1]).contain('spatial_within=true');
    await all(api().search());
    expect(paths()[2]).equal('/search?per_page=100');
  });

  it('filters', async () => {
    const slugs = async (query: SearchQuery) => (await all(api().search(query))).map(({ slug }) => slug);
    expect(await slugs({ q: 'crime lapd' })).deep.equal(['crime-data-from-2020-to-present']);
    expect(await slugs({ orgSlug: 'los-angeles-ca' })).deep.equal(['crime-data-from-2020-to-present']);
    expect(await slugs({ orgTypes: ['Federal Government'], keywords: ['nope'] })).deep.equal([]);
    server.docs = [generatedHit(1, { dcat: { isPartOf: 'urn:c' } }), generatedHit(2, { publisher: 'Other' })];
    expect(await slugs({ collection: 'urn:c' })).deep.equal(['gen-1']);
    expect(await slugs({ publisher: 'Other', hasDownload: true })).deep.equal(['gen-2']);
    expect(await slugs({ spatialFilter: 'geospatial' })).deep.equal([]);
    expect(await slugs({ sort: 'last_harvested_date' })).deep.equal(['gen-2', 'gen-1']);
  });

  it('has the paths of either way', async () => {
    for (const one of [api(), byGateway()]) {
      await firstValueFrom(one.organizations());
      await firstValueFrom(one.keywords({ search: 'u.s.', size: 5, minCount: 2 }));
      await firstValueFrom(one.locations('Colo', { size: 2 }));
      await firstValueFrom(one.location('5'));
      await firstValueFrom(one.harvestRecord('c4d2afc2-0d60-4a75-9a68-46c6a3dec87f'));
      await firstValueFrom(one.harvestTransformed('2360ab48-690e-4604-8487-6a28a228da9a'));
      await firstValueFrom(one.harvestRaw('2360ab48-690e-4604-8487-6a28a228da9a'));
    }
    const gateway = '/technology/datagov/v4';
    expect(paths()).deep.equal([
      '/api/organizations',
      '/api/keywords?search=u.s.&size=5&min_count=2',
      '/api/locations/search?q=Colo&size=2',
      '/api/location/5',
      '/harvest_record/c4d2afc2-0d60-4a75-9a68-46c6a3dec87f',
      '/harvest_record/2360ab48-690e-4604-8487-6a28a228da9a/transformed',
      '/harvest_record/2360ab48-690e-4604-8487-6a28a228da9a/raw',
      `${gateway}/organizations`,
      `${gateway}/keywords?search=u.s.&size=5&min_count=2`,
      `${gateway}/locations/search?q=Colo&size=2`,
      `${gateway}/location/5`,
      `${gateway}/harvest_record/c4d2afc2-0d60-4a75-9a68-46c6a3dec87f`,
      `${gateway}/harvest_record/2360ab48-690e-4604-8487-6a28a228da9a/transformed`,
      `${gateway}/harvest_record/2360ab48-690e-4604-8487-6a28a228da9a/raw`,
    ]);
  });

  it('has publishers and stats directly only', async () => {
    const [first] = await firstValueFrom(api().publishers());
    expect(first).keys('name', 'count');
    expect(await firstValueFrom(api().stats())).deep.equal({
      datasets: server.docs.length,
      datasetsInCollections: 1,
      date: 'Wed, 25 Nov 2026 09:00:00 GMT',
    });
    expect(() => byGateway().publishers()).throw("via is 'gateway': it takes 'direct' for publishers()");
    expect(() => byGateway().stats()).throw("'direct' for stats()");
  });

  it('has a dataset by slug or id directly, by slug through the gateway', async () => {
    const slug = 'crime-data-from-2020-to-present';
    expect((await firstValueFrom(api().dataset(slug))).slug).equal(slug);
    expect((await firstValueFrom(byGateway().dataset(slug))).slug).equal(slug);
    server.docs = [generatedHit(10), generatedHit(1)];
    expect((await firstValueFrom(byGateway().dataset('gen-1'))).slug).equal('gen-1');
    expect(await failure(api().dataset('gen-3'))).instanceOf(DatagovNotFoundError);
    const error = await failure(byGateway().dataset('1707633b-78a4-449c-91f3-b74b0cf3c0cb'));
    expect(error).instanceOf(DatagovNotFoundError).property('message').contain("ids take `via: 'direct'`");
  });

  it('has distributions, where there are any', async () => {
    const distributions = await firstValueFrom(api().distributions('crime-data-from-2020-to-present'));
    expect(distributions.map(({ mediaType }) => mediaType)).deep.equal([
      'application/json',
      'application/xml',
      'text/csv',
    ]);
    const one = { title: 'T', format: 'CSV', accessURL: 'https://x.org/' };
    server.docs = [generatedHit(1), generatedHit(2, { dcat: { distribution: one } }), generatedHit(3, { dcat: null })];
    expect(await firstValueFrom(api().distributions('gen-1'))).deep.equal([]);
    expect(await firstValueFrom(api().distributions('gen-3'))).deep.equal([]);
    const [only] = await firstValueFrom(api().distributions('gen-2'));
    expect(only).include({ title: 'T', format: 'CSV', accessUrl: 'https://x.org/', downloadUrl: undefined });
  });

  it('has raw harvest records of any kind', async () => {
    const raw = await firstValueFrom(api().harvestRaw('2360ab48-690e-4604-8487-6a28a228da9a'));
    expect(raw).deep.equal({ mediaType: 'application/xml', text: '<?xml version="1.0"?><metadata/>' });
  });

  describe('notices', () => {
    const noticed = async (query: SearchQuery) => {
      const notices: SearchNotice[] = [];
      await all(api().search({ ...query, onNotice: (notice) => notices.push(notice) }));
      return notices.map(({ kind, option, asked, got }) => [kind, option, asked, got]);
    };
    beforeEach(() => {
      server.docs = [generatedHit(1), generatedHit(2), generatedHit(3)];
    });

    it('of another order than was asked for, once a walk', async () => {
      expect(await noticed({ sort: 'popularity', pageSize: 1 })).deep.equal([]);
      server.unknownValues.add('popularity');
      expect(await noticed({ sort: 'popularity', pageSize: 1 })).deep.equal([
        ['sort-replaced', 'sort', 'popularity', 'relevance'],
      ]);
    });

    it('of each filter that a hit does not fit', async () => {
      for (const value of ['geospatial', 'University', 'epa-gov', 'water']) server.unknownValues.add(value);
      expect(await noticed({ spatialFilter: 'geospatial', orgTypes: ['University'] })).deep.equal([
        ['filter-ignored', 'orgTypes', 'University', 'Non-Profit'],
        ['filter-ignored', 'spatialFilter', 'geospatial', 'no area'],
      ]);
      expect(await noticed({ orgSlug: 'epa-gov', keywords: ['Water', 'Generated'] })).deep.equal([]);
      server.unknownValues.add('Water');
      expect(await noticed({ orgSlug: 'epa-gov', keywords: ['Water', 'Generated'] })).deep.equal([
        ['filter-ignored', 'orgSlug', 'epa-gov', 'gen'],
        ['filter-ignored', 'keywords', 'Water', 'generated'],
      ]);
    });

    it('are warnings unless they are taken', async () => {
      server.unknownValues.add('popularity');
      const warnings = await warningsOf(1, () => all(api().search({ sort: 'popularity' })));
      expect(warnings).deep.equal([
        { code: 'SLUICE_DATAGOV_SEARCH', message: 'Data.gov sorted by relevance, not by popularity' },
      ]);
    });
  });

  it('refuses what Data.gov would refuse, or silently leave aside', () => {
    const refused: readonly (readonly [string, object])[] = [
      ['sort', { sort: 'newest' }],
      ['sort', { sort: 'distance' }],
      ['pageSize', { pageSize: 0 }],
      ['pageSize', { pageSize: 1_001 }],
      ['orgSlug', { orgSlug: 'NASA' }],
      ['orgTypes', { orgTypes: ['Federal'] }],
      ['keywords', { keywords: [''] }],
      ['hasDownload', { hasDownload: false }],
      ['spatialFilter', { spatialFilter: 'yes' }],
      ['area.geometry', { area: { geometry: 'notjson' } }],
      ['area.geometry', { area: { geometry: { type: 'Circle', coordinates: [] } } }],
      ['area.relation', { area: { geometry: BOX, relation: 'touches' } }],
      ['after', { after: 'NOTAVALIDCURSOR' }],
      ['after', { after: 'eyJhIjoxfQ==' }],
      ['remember', { remember: -1 }],
    ];
    for (const [option, query] of refused) {
      expect(() => api().search(query), JSON.stringify(query))
        .throw(`${option} is `)
        .property('code', 'INVALID_OPTION');
    }
    expect(() => api().keywords({ size: 1_001 })).throw('size');
    expect(() => api().keywords({ minCount: 0 })).throw('minCount');
    expect(() => api().locations('x', { size: 2_001 })).throw('size');
    expect(() => api().dataset('a/b')).throw('slugOrId');
    expect(() => api().location('..')).throw('neither . nor ..');
    expect(() => api().harvestRecord('')).throw('id');
    for (const dots of ['.', '..']) expect(() => api().harvestRecord(dots), 'another path').throw('id is');
    expect(() => datagov({ via: 'proxy' } as unknown as DatagovOptions)).throw('via');
    expect(() => api({ attempts: 0 })).throw('attempts');
  });

  it('fails at another shape than it knows', async () => {
    for (const body of ['[]', '{"results":{}}', '{"results":[{"title":"no slug"}]}']) {
      server.http.fail({ kind: 'text', body });
      expect(await failure(api().search()), body).instanceOf(DatagovShapeError);
    }
    server.http.fail({ kind: 'text', body: '{"id":"5","geometry":"nonsense"}' });
    expect(await failure(api().location('5'))).instanceOf(DatagovShapeError);
  });
});
