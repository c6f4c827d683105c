import { expect } from 'chai';
import { type Bus, connect, type RequestFailedError } from '../../src/index.ts';
import {
  type DatagovEndpoints,
  type DatagovServiceOptions,
  datagovService,
  type Service,
  type ServiceClient,
  serviceClient,
} from '../../src/services/index.ts';
import { DatagovServer, GOOD_KEY, generatedHit, recorded } from '../support/datagovServer.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf } from '../support/expectComplaint.ts';

const NYC = 'nyc-climate-budgeting-report-climate-alignment-assessment-and-capital-climate-investments';
const RECORD = 'c4d2afc2-0d60-4a75-9a68-46c6a3dec87f';
const TRANSFORMED = '2360ab48-690e-4604-8487-6a28a228da9a';

describe('datagovService', () => {
  let server: DatagovServer;
  let bus: Bus;
  let serving: Service;
  let client: ServiceClient<DatagovEndpoints>;
  beforeEach(async () => {
    [server, bus] = [await DatagovServer.start(), await connect()];
    client = serviceClient<DatagovEndpoints>(bus);
  });
  afterEach(async () => {
    await serving.stop({ deadlineMs: 0 });
    await bus.close();
    await server.stop();
  });

  function serve(api: DatagovServiceOptions['api'] = server.direct, options: DatagovServiceOptions = {}): void {
    serving = datagovService(bus, { notify: () => undefined, ...options, api: { attempts: 1, ...api } });
  }

  const failed = async (topic: string, params: unknown) =>
    ((await errorOf(() => bus.request(topic, params))) as RequestFailedError).reply;

  describe('direct', () => {
    beforeEach(() => serve());

    it('searches, no further than was asked for', async () => {
      server.docs = Array.from({ length: 250 }, (_, i) => generatedHit(i));
      const { items } = await client.request('datagov.datasets.search', { limit: 20, pageSize: 10 });
      expect(items).lengthOf(20);
      expect(server.http.asked.length).within(2, 3);
      expect((await client.request('datagov.datasets.search', {})).items).lengthOf(100);
      const since = server.http.asked.filter(({ url }) => url.searchParams.get('per_page') !== '10');
      expect(since, 'no page in vain').lengthOf(1);
    });

    it('passes on every condition', async () => {
      server.docs = [];
      await client.request('datagov.datasets.search', {
        q: 'ozone',
        orgSlug: 'epa-gov',
        orgTypes: ['Federal Government'],
        keywords: ['air'],
        publisher: 'EPA',
        collection: 'c',
        hasDownload: true,
        spatialFilter: 'geospatial',
        area: { geometry: { type: 'Point', coordinates: [1, 2] }, relation: 'intersects' },
        sort: 'distance',
      });
      expect(Object.fromEntries(server.http.asked[0]?.url.searchParams ?? [])).include({
        q: 'ozone',
        org_slug: 'epa-gov',
        org_type: 'Federal Government',
        keyword: 'air',
        publisher: 'EPA',
        collection: 'c',
        has_download: 'true',
        spatial_filter: 'geospatial',
        spatial_geometry: '{"type":"Point","coordinates":[1,2]}',
        spatial_within: 'false',
        sort: 'distance',
      });
    });

    it('tells what Data.gov did otherwise than asked', async () => {
      server.docs = [generatedHit(1)];
      server.unknownValues.add('popularity');
      const { warnings } = await client.request('datagov.datasets.search', { sort: 'popularity' });
      expect(warnings[0]).deep.include({ code: 'DATAGOV_SORT_REPLACED' });
      expect(warnings[0]?.details).include({ option: 'sort', asked: 'popularity', got: 'relevance' });
    });

    it('has a dataset, and its distributions', async () => {
      expect(await client.request('datagov.dataset.get', { dataset: NYC })).include({ slug: NYC });
      const distributions = await client.request('datagov.distributions.list', { dataset: NYC });
      expect(distributions[0]?.downloadUrl).match(/^https:\/\/data\.cityofnewyork\.us\/.*rows\.json/);
    });

    it('has lists and places', async () => {
      const organizations = await client.request('datagov.organizations.list', {});
      expect(organizations).lengthOf(recorded('organizations.json').organizations.length);
      expect(await client.request('datagov.keywords.list', { size: 2 })).lengthOf(2);
      const [colorado] = await client.request('datagov.locations.search', { q: 'Colorado' });
      expect(colorado?.name).match(/Colorado/);
      expect((await client.request('datagov.location.get', { id: '5' })).geometry.type).match(/Polygon$/);
      expect((await client.request('datagov.publishers.list', {}))[0]).keys('name', 'count');
      expect((await client.request('datagov.stats.get', {})).datasets).equal(server.docs.length);
    });

    it('has harvest records', async () => {
      expect(await client.request('datagov.harvest-record.get', { id: RECORD })).include({ id: RECORD });
      expect(await client.request('datagov.harvest-record.raw', { id: TRANSFORMED })).deep.equal({
        mediaType: 'application/xml',
        text: '<?xml version="1.0"?><metadata/>',
      });
      const made = await client.request('datagov.harvest-record.transformed', { id: TRANSFORMED });
      expect(made).deep.equal(recorded('harvest_record_transformed.json'));
    });

    describe('rows', () => {
      const distributions = () => [
        { '@type': 'dcat:Distribution', title: 'page', accessURL: 'https://example.org/' },
        { mediaType: 'application/pdf', downloadURL: server.file('a.pdf') },
        { mediaType: 'text/csv', downloadURL: server.file('a.csv') },
        { mediaType: 'application/json', downloadURL: server.file('b.json') },
      ];
      beforeEach(() => {
        server.docs = [generatedHit(1, { dcat: { distribution: distributions() } }), generatedHit(2, { dcat: {} })];
        server.files.set('a.csv', { body: 'x,y\n1,one\n2,two\n3\n4,four\n', type: 'text/csv' });
        server.files.set('b.json', { body: '[{"z":1},{"z":2}]', type: 'application/json' });
      });

      it('come of the first file that has some, with those that could not be read', async () => {
        const { items, warnings } = await client.request('datagov.rows.fetch', { dataset: 'gen-1' });
        expect(items).deep.equal([
          { x: '1', y: 'one' },
          { x: '2', y: 'two' },
          { x: '4', y: 'four' },
        ]);
        expect(warnings).lengthOf(1);
        expect(warnings[0]).deep.include({ code: 'DATAGOV_ROW' });
        expect(warnings[0]?.details).include({ row: 3 });
      });

      it('come of the file that is named, as far as wanted', async () => {
        const request = { dataset: 'gen-1', downloadUrl: server.file('b.json'), limit: 1 };
        expect((await client.request('datagov.rows.fetch', request)).items).deep.equal([{ z: 1 }]);
        const skipping = { dataset: 'gen-1', downloadUrl: server.file('b.json'), skip: 1 };
        expect((await client.request('datagov.rows.fetch', skipping)).items).deep.equal([{ z: 2 }]);
      });

      it('come of no address but the catalog’s', async () => {
        const reply = await failed('datagov.rows.fetch', { dataset: 'gen-1', downloadUrl: 'http://127.0.0.1/secret' });
        expect(reply).include({ code: 'NO_DISTRIBUTION' });
        expect(reply.details?.['downloadUrls']).include(server.file('a.csv'));
        expect((await failed('datagov.rows.fetch', { dataset: 'gen-2' })).message).include(
          'no file that could be downloaded',
        );
      });

      it('fail where the file is none of rows', async () => {
        server.files.set('a.pdf', { body: '%PDF-1.7', type: 'application/pdf' });
        const reply = await failed('datagov.rows.fetch', { dataset: 'gen-1', downloadUrl: server.file('a.pdf') });
        expect(reply.code).equal('DOWNLOAD_FORMAT');
      });
    });

    it('keeps what there is not for a minute, and what there is for longer', async () => {
      for (let i = 0; i < 3; i += 1) {
        expect(await failed('datagov.dataset.get', { dataset: 'nothing' })).include({
          code: 'DATAGOV_NOT_FOUND',
          retryable: false,
        });
        await client.request('datagov.dataset.get', { dataset: NYC });
      }
      expect(server.http.asked.length).equal(2);
      const metrics = () => serving.metrics().endpoints['datagov.dataset.get'];
      await eventually(() => expect(metrics()).include({ requests: 6, answered: 3, cached: 2, running: 0 }));
    });

    it('asks each time when it is to keep nothing', async () => {
      await serving.stop();
      serve(server.direct, { cache: false });
      for (let i = 1; i <= 2; i += 1) {
        await client.request('datagov.dataset.get', { dataset: NYC });
        expect(server.http.asked.length).equal(i);
      }
    });

    for (const [topic, params, says] of [
      ['datagov.datasets.search', { orgSlug: 'EPA' }, "orgSlug: an organization's slug, which is in lower case"],
      ['datagov.datasets.search', { hasDownload: false }, 'hasDownload: '],
      ['datagov.datasets.search', { sort: 'distance' }, 'sort: distance takes an area to measure from beside it'],
      ['datagov.datasets.search', { area: { geometry: { type: 'Circle' } } }, 'area.geometry.type: '],
      ['datagov.datasets.search', { query: 'x' }, '"query"'],
      ['datagov.dataset.get', { dataset: 'a/b' }, 'dataset: a text without slashes or white space'],
      ['datagov.dataset.get', { dataset: '..' }, 'dataset: a text without slashes or white space, neither . nor ..'],
      ['datagov.harvest-record.raw', { id: '..' }, 'id: a text '],
      ['datagov.locations.search', {}, 'q: '],
      ['datagov.keywords.list', { size: 1_001 }, 'size: '],
    ] as const) {
      it(`takes no ${JSON.stringify(params)} for ${topic}`, async () => {
        const reply = await failed(topic, params);
        expect(reply.code).equal('INVALID_PARAMS');
        expect(reply.message).include(says);
        expect(server.http.asked).deep.equal([]);
      });
    }
  });

  describe('by the gateway', () => {
    beforeEach(() => serve(server.gateway));

    it('tells what is left of the limit, and is degraded when that is nothing', async () => {
      await client.request('datagov.dataset.get', { dataset: NYC });
      expect((await client.request('datagov.health', {})).limit).deep.equal({ limit: 1_000, remaining: 999 });
      expect(await serving.health()).include({ status: 'healthy' });
      server.remaining = 1;
      await client.request('datagov.organizations.list', {});
      const { status, reasons } = await serving.health();
      expect([status, ...reasons]).deep.equal(['degraded', 'the key has no requests left of 1000']);
    });

    it('shows no key in what it replies', async () => {
      server.keys.set(GOOD_KEY, 'DISABLED');
      const refused = await failed('datagov.dataset.get', { dataset: NYC });
      expect(refused.code).equal('DATAGOV_KEY');
      server.http.fail({ kind: 'text', body: `<p>${GOOD_KEY} ${encodeURIComponent(GOOD_KEY)}</p>` });
      const content = await failed('datagov.organizations.list', {});
      expect(content.code).equal('HTTP_CONTENT');
      for (const reply of [refused, content]) expect(JSON.stringify(reply)).not.match(/SECRET/);
    });

    it('says when to come again', async () => {
      [server.remaining, server.retryAfter] = [0, '900'];
      const reply = await failed('datagov.dataset.get', { dataset: NYC });
      expect(reply.code).equal('HTTP_RATE_LIMIT');
      expect(reply.details).include({ status: 429, retryAfterMs: 900_000 });
    });

    it('says what the gateway does not have', async () => {
      expect((await failed('datagov.stats.get', {})).message).include("'direct' for stats()");
    });
  });
});
