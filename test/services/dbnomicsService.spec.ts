import { expect } from 'chai';
import { type Bus, connect, type RequestFailedError } from '../../src/index.ts';
import {
  type DbnomicsEndpoints,
  type DbnomicsServiceOptions,
  dbnomicsService,
  type ReplyOf,
  type Service,
  type ServiceClient,
  serviceClient,
} from '../../src/services/index.ts';
import { DbnomicsServer, generatedDoc } from '../support/dbnomicsServer.ts';
import { errorOf } from '../support/expectComplaint.ts';

const EXR = 'ECB/EXR/D.USD.EUR.SP00.A';

describe('dbnomicsService', () => {
  let server: DbnomicsServer;
  let bus: Bus;
  let serving: Service;
  let client: ServiceClient<DbnomicsEndpoints>;
  beforeEach(async () => {
    [server, bus] = [await DbnomicsServer.start(), await connect()];
    client = serviceClient<DbnomicsEndpoints>(bus);
    serve();
  });
  afterEach(async () => {
    await serving.stop({ deadlineMs: 0 });
    await bus.close();
    await server.stop();
  });

  function serve(options: DbnomicsServiceOptions = {}): void {
    const api = { ...server.options, attempts: 1, ...options.api };
    serving = dbnomicsService(bus, { notify: () => undefined, ...options, api });
  }

  const failed = async (topic: string, params: unknown) =>
    ((await errorOf(() => bus.request(topic, params))) as RequestFailedError).reply;

  it('lists providers', async () => {
    const { items } = await client.request('dbnomics.providers.list', { pageSize: 3 });
    expect(items.map(({ code }) => code)).include.members(['BIS', 'ECB', 'IMF']);
    expect(server.http.asked.length).equal(3);
  });

  it('has a provider with its tree', async () => {
    const { provider, tree } = await client.request('dbnomics.provider.get', { provider: 'ECB' });
    expect([provider.code, tree[0]?.children[0]?.code]).deep.equal(['ECB', 'EXR']);
  });

  it('lists the datasets of a provider, their labels as plain objects', async () => {
    const { items } = await client.request('dbnomics.datasets.list', { provider: 'IMF' });
    expect(items.map(({ id }) => id)).deep.equal(['IMF/WEO:2025-04', 'IMF/WEO:2023-04']);
    expect(items[0]?.dimensions[1]).deep.equal({
      code: 'geo',
      label: 'Country',
      values: { fr: 'France', de: 'Germany' },
    });
  });

  it('has a dataset', async () => {
    const { id, dimensions } = await client.request('dbnomics.dataset.get', { provider: 'ECB', dataset: 'EXR' });
    expect(id).equal('ECB/EXR');
    expect(dimensions[0]?.values).deep.equal({ M: 'Monthly', A: 'Annual' });
  });

  it('searches, and gives no more than was asked for', async () => {
    const all = await client.request('dbnomics.search', { q: 'e' });
    expect(all.items.length).above(2);
    const two = await client.request('dbnomics.search', { q: 'e', limit: 2 });
    expect(two.items).deep.equal(all.items.slice(0, 2));
  });

  it('fetches series, with their observations unless told otherwise', async () => {
    const { items } = await client.request('dbnomics.series.fetch', { ids: [EXR] });
    expect(items[0]?.observations.map(({ period, value }) => `${period} ${value}`)).deep.equal([
      '2026-10-01 1.1298',
      '2026-10-02 1.1225',
    ]);
    const bare = await client.request('dbnomics.series.fetch', { ids: [EXR], observations: false });
    expect(bare.items[0]).deep.include({ id: EXR, observations: [] });
  });

  it('fetches the series of a dataset, by mask and by days', async () => {
    const cbpol = { provider: 'BIS', dataset: 'cbpol', mask: 'M.' };
    const { items } = await client.request('dbnomics.series.fetch', cbpol);
    expect(items.map(({ seriesCode }) => seriesCode)).deep.equal(['M.AR', 'M.IN', 'M.US']);
    const late = await client.request('dbnomics.series.fetch', { ...cbpol, from: '2020-01-01' });
    for (const { observations } of late.items)
      for (const { startDay } of observations) expect(startDay > '2020').equal(true);
  });

  it('fetches observations, as they come, in pages', async () => {
    const { items } = await client.request('dbnomics.observations.fetch', { ids: [EXR] });
    expect(items.map(({ seriesId, value }) => [seriesId, value])).deep.equal([
      [EXR, 1.1298],
      [EXR, 1.1225],
    ]);
  });

  it('tells which series could not be had, and gives the others', async () => {
    const { items, warnings } = await client.request('dbnomics.series.fetch', { ids: [EXR, 'ECB/EXR/nothing'] });
    expect(items.map(({ id }) => id)).deep.equal([EXR]);
    expect(warnings).deep.equal([
      {
        code: 'DBNOMICS_SERIES',
        message: "Series 'ECB/EXR/nothing' not found",
        details: { providerCode: 'ECB', datasetCode: 'EXR', seriesCode: 'nothing' },
      },
    ]);
  });

  it('gives a large dataset in pages, with its progress', async () => {
    server.generated = 450;
    const replies: ReplyOf<DbnomicsEndpoints['dbnomics.series.fetch']>[] = [];
    await new Promise<void>((complete, error) =>
      client
        .request$('dbnomics.series.fetch', { provider: 'GEN', dataset: 'big', pageSize: 200 })
        .subscribe({ next: (reply) => replies.push(reply), error, complete }),
    );
    expect(replies.map((reply) => (reply.kind === 'page' ? reply.items.length : reply.kind))).deep.equal([
      'progress',
      100,
      100,
      100,
      100,
      50,
      'result',
    ]);
    expect(replies[0]).deep.include({ done: 200, total: 450 });
    expect(replies.at(-1)).include({ pages: 5, items: 450 });
  });

  it('says how providers fare, as it has seen it', async () => {
    await client.request('dbnomics.series.fetch', { ids: [EXR] });
    const { providers } = await client.request('dbnomics.health', {});
    expect(providers[0]).include({ providerCode: 'ECB', calls: 1, errorRate: 0 });
    expect((await serving.health()).upstream).nested.include({ 'providers[0].providerCode': 'ECB' });
  });

  describe('parameters', () => {
    for (const [topic, params, says] of [
      ['dbnomics.series.fetch', {}, 'ids: give ids, or provider and dataset; it takes { ids: [provider/dataset/series'],
      ['dbnomics.series.fetch', { provider: 'ECB' }, 'dataset: the dataset of the provider is missing'],
      ['dbnomics.series.fetch', { ids: [EXR], mask: 'M.' }, 'mask: goes with provider and dataset, not with ids'],
      ['dbnomics.series.fetch', { ids: ['EXR'] }, 'ids.0: provider/dataset/series'],
      ['dbnomics.series.fetch', { ids: [EXR], from: '2020' }, 'from: a day, YYYY-MM-DD'],
      ['dbnomics.series.fetch', { series: EXR }, '"series"'],
      ['dbnomics.observations.fetch', { ids: [EXR], observations: true }, '"observations"'],
      ['dbnomics.provider.get', { provider: 'E/B' }, 'provider: a code without slashes or white space'],
      [
        'dbnomics.provider.get',
        { provider: '..' },
        'provider: a code without slashes or white space, neither . nor ..',
      ],
      ['dbnomics.series.fetch', { provider: 'ECB', dataset: '..' }, 'dataset: a code '],
      ['dbnomics.search', {}, 'q: '],
      ['dbnomics.datasets.list', { provider: 'ECB', pageSize: 501 }, 'pageSize: '],
    ] as const) {
      it(`of ${topic} are not ${JSON.stringify(params)}`, async () => {
        const reply = await failed(topic, params);
        expect(reply.code).equal('INVALID_PARAMS');
        expect(reply.message).include(says);
        expect(server.http.asked).deep.equal([]);
      });
    }
  });

  describe('errors', () => {
    it('say what DBnomics does not have, in its words', async () => {
      const reply = await failed('dbnomics.dataset.get', { provider: 'ECB', dataset: 'nothing' });
      expect(reply).deep.include({
        code: 'DBNOMICS_NOT_FOUND',
        message: "Dataset 'ECB/nothing' not found",
        retryable: false,
      });
      expect(await serving.health()).include({ status: 'healthy' });
    });

    it('say whether to try again, and when', async () => {
      server.http.fail({ kind: 'status', status: 429, headers: { 'retry-after': '900' } });
      const reply = await failed('dbnomics.provider.get', { provider: 'ECB' });
      expect(reply.code).equal('HTTP_RATE_LIMIT');
      expect(reply.details).include({ status: 429, retryAfterMs: 900_000 });
    });

    it('of the server make the service degraded', async () => {
      for (let i = 0; i < 3; i += 1) {
        server.http.fail({ kind: 'html', status: 503 });
        expect(await failed('dbnomics.provider.get', { provider: 'ECB' })).include({ retryable: true });
      }
      const { status, reasons } = await serving.health();
      expect(status).equal('degraded');
      expect(reasons).include("100 % of the last calls about provider 'ECB' failed, the last with HTTP_STATUS");
    });
  });

  it('is held to one rate with all other instances: requests over HTTP, each page', async () => {
    await serving.stop();
    server.docs = Array.from({ length: 40 }, (_, i) => generatedDoc(i));
    const rateLimit = { rate: 0.01, burst: 3 };
    serve({ rateLimit });
    const other = dbnomicsService(bus, { api: server.options, rateLimit, notify: () => undefined });
    const all = { ids: server.docs.map(({ series_code }) => `GEN/big/${series_code}`), pageSize: 10 };
    const error = await errorOf(() => client.request('dbnomics.series.fetch', all, { timeoutMs: 300 }));
    expect(error).property('code').oneOf(['REQUEST_TIMEOUT', 'DEADLINE_EXCEEDED']);
    expect(server.http.asked.length).equal(3);
    await other.stop({ deadlineMs: 0 });
  });
});
