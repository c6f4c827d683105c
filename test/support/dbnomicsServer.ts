import {
  docsAtFirst,
  facetsOf,
  fitsMask,
  generatedDoc,
  idOf,
  recorded,
  type SeriesDoc,
  withoutObservations,
  withPeriodsOfAll,
} from './dbnomicsDocs.ts';
import { type Answer, type Asked, FaultyHttp } from './faultyHttp.ts';

export { generatedDoc, recorded, type SeriesDoc } from './dbnomicsDocs.ts';

/** DBnomics as it is known to behave, from recordings and, where there is none, built by the documented shapes. */
export class DbnomicsServer {
  /** What it has; may be changed while it runs. */
  docs = docsAtFirst();
  /** A dataset `GEN/big` of so many series, of no memory. */
  generated = 0;
  latest = '2023-04';
  /** So many more datasets, a minute apart up to 2026-09-01, of which `/last-updates` tells. */
  otherDatasets = 0;

  private constructor(readonly http: FaultyHttp) {}

  static async start(): Promise<DbnomicsServer> {
    let server: DbnomicsServer | undefined;
    const http = await FaultyHttp.start((asked, body) => (server as DbnomicsServer).answer(asked, body));
    server = new DbnomicsServer(http);
    return server;
  }

  get options() {
    return { baseUrl: `${this.http.url}/v22`, editorUrl: `${this.http.url}/editor` };
  }

  stop(): Promise<void> {
    return this.http.stop();
  }

  private answer({ url, method }: Asked, body: string): ReturnType<Answer> {
    if (url.pathname === '/editor/apply' && method === 'POST') return this.apply(JSON.parse(body));
    const [version, resource, ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    if (version !== 'v22') return failure(404, 'Not found');
    if (resource === 'series') return this.series(url, rest);
    if (resource === 'providers') return this.providers(url, rest);
    if (resource === 'datasets') return this.datasets(url, rest);
    if (resource === 'search') return this.search(url);
    if (resource === 'last-updates') return this.lastUpdates(url);
    return failure(404, 'Not found');
  }

  private series(url: URL, [provider, dataset, mask]: string[]): ReturnType<Answer> {
    const query = url.searchParams;
    const ids = query.get('series_ids');
    if (provider === undefined && query.has('q')) {
      return failure(400, `Invalid value {'q': '${query.get('q')}'} (dict): additional properties: ['q']`);
    }
    if (url.href.includes('WEO%3Alatest')) {
      return {
        status: 302,
        json: {},
        headers: { location: url.href.replaceAll('WEO%3Alatest', `WEO%3A${this.latest}`) },
      };
    }
    const page = paging(query, 1_000, 1_000);
    if (typeof page === 'string') return failure(400, page);
    if (provider === 'GEN' && dataset === 'big') return this.page(page, this.generated, (i) => generatedDoc(i), query);
    if (ids !== null) return this.byIds(ids.split(','), page, query);
    const inDataset = this.docs.filter((doc) => doc.provider_code === provider && doc.dataset_code === dataset);
    const words = (query.get('q') ?? '').toLowerCase();
    const within = inDataset.filter((doc) =>
      String(doc['series_name'] ?? '')
        .toLowerCase()
        .includes(words),
    );
    if (inDataset.length === 0) return failure(404, `Dataset '${provider}/${dataset}' not found`);
    if (mask === undefined) {
      const dimensions = Object.entries(JSON.parse(query.get('dimensions') ?? '{}') as Record<string, string[]>);
      const fits = (doc: SeriesDoc) =>
        dimensions.every(([name, codes]) =>
          codes.includes((doc['dimensions'] as Record<string, string>)?.[name] ?? ''),
        );
      return this.documents(within.filter(fits), page, query);
    }
    const found = within.filter(({ series_code }) => fitsMask(mask, series_code));
    if (found.length === 0) return failure(404, `Series '${provider}/${dataset}/${mask}' not found`);
    return this.documents(found, page, query);
  }

  private byIds(ids: string[], page: Paging, query: URLSearchParams): ReturnType<Answer> {
    const found = ids.map((id) => this.docs.find((doc) => idOf(doc) === id));
    const errors = ids
      .filter((_, i) => !found[i])
      .map((id) => {
        const [provider_code, dataset_code, ...code] = id.split('/');
        return { message: `Series '${id}' not found`, provider_code, dataset_code, series_code: code.join('/') };
      });
    const docs = found.filter((doc) => doc !== undefined);
    return this.documents(docs, page, query, errors.length > 0 ? errors : null);
  }

  private documents(docs: SeriesDoc[], page: Paging, query: URLSearchParams, errors: unknown = null) {
    return this.page(page, docs.length, (i) => docs[i] as SeriesDoc, query, errors);
  }

  private page(
    page: Paging,
    found: number,
    at: (i: number) => SeriesDoc,
    query: URLSearchParams,
    errors: unknown = null,
  ) {
    const docs: SeriesDoc[] = [];
    for (let i = page.offset; i < Math.min(found, page.offset + page.limit); i++) docs.push(at(i));
    const isOn = (name: string) => ['1', 'true'].includes(query.get(name) ?? '0');
    const aligned = isOn('align_periods') ? withPeriodsOfAll(docs) : docs;
    const shown = isOn('observations') ? aligned : docs.map(withoutObservations);
    const facets = isOn('facets') && {
      series_dimensions_facets: facetsOf(Array.from({ length: found }, (_, n) => at(n))),
    };
    return envelope({ errors, series: { docs: shown, ...page, num_found: found }, ...facets });
  }

  private providers(url: URL, [code]: string[]): ReturnType<Answer> {
    const providers = [...new Set(this.docs.map(({ provider_code }) => provider_code))].map((one) => ({
      code: one,
      name: `Provider ${one}`,
      region: 'World',
      website: 'https://example.org/',
      terms_of_use: 'https://example.org/terms',
      indexed_at: '2026-10-05T00:00:00.000Z',
    }));
    if (code !== undefined) {
      const provider = providers.find((one) => one.code === code);
      if (!provider) return failure(404, `Provider '${code}' not found`);
      const leaves = this.datasetDocs().filter(({ provider_code }) => provider_code === code);
      return envelope({ provider, category_tree: [{ code: null, name: 'All', children: leaves }] });
    }
    return listed('providers', providers, url, 1_000, 1_000, { nb_datasets: 9, nb_series: 99 });
  }

  private datasets(url: URL, [provider, code]: string[]): ReturnType<Answer> {
    const docs = this.datasetDocs().filter((doc) => doc.provider_code === provider);
    if (code === undefined) return listed('datasets', docs, url, 50, 500);
    const found = docs.filter((doc) => doc.code === code);
    if (found.length === 0) return failure(404, `Dataset '${provider}/${code}' not found`);
    return envelope({ datasets: { docs: found, limit: 1, offset: 0, num_found: 1 } });
  }

  private search(url: URL): ReturnType<Answer> {
    const q = (url.searchParams.get('q') ?? '').toLowerCase();
    const docs = this.datasetDocs().filter(({ name }) => name.toLowerCase().includes(q));
    return listed(
      'results',
      docs.map((doc) => ({ ...doc, nb_matching_series: 1 })),
      url,
      10,
      100,
    );
  }

  /** Those it has, among others; the last indexed first. */
  private lastUpdates({ searchParams }: URL): ReturnType<Answer> {
    const others = Array.from({ length: this.otherDatasets }, (_, i) => ({
      provider_code: 'OTHER',
      code: `D${i}`,
      indexed_at: new Date(Date.UTC(2026, 8, 1) - i * 60_000).toISOString(),
    }));
    const age = ({ indexed_at }: { indexed_at: string }) => -Date.parse(indexed_at) || 0;
    const docs = [...this.datasetDocs(), ...others].sort((a, b) => age(a) - age(b));
    const page = paging(searchParams, 100, 500, 'datasets.');
    if (typeof page === 'string') return failure(400, page);
    const some = docs.slice(page.offset, page.offset + page.limit);
    return envelope({ datasets: { docs: some, ...page, num_found: docs.length }, providers: { docs: [] } });
  }

  /** Built; dimension labels in both shapes, as in real data. */
  private datasetDocs() {
    const ids = [...new Set(this.docs.map((doc) => `${doc.provider_code}/${doc.dataset_code}`))];
    return ids.map((id) => {
      const series = this.docs.filter((doc) => `${doc.provider_code}/${doc.dataset_code}` === id);
      const [first] = series as [SeriesDoc];
      return {
        code: first.dataset_code,
        provider_code: first.provider_code,
        name: String(first['dataset_name'] ?? `Dataset ${id}`),
        nb_series: series.length,
        indexed_at: String(
          series
            .map((doc) => doc['indexed_at'] ?? '')
            .sort()
            .at(-1),
        ),
        dimensions_codes_order: ['FREQ', 'geo'],
        dimensions_labels: { FREQ: 'Frequency', geo: 'Country' },
        dimensions_values_labels: {
          FREQ: { M: 'Monthly', A: 'Annual' },
          geo: [
            ['fr', 'France'],
            ['de', 'Germany'],
          ],
        },
      };
    });
  }

  /** Knows what was recorded; anything else comes back as it was. */
  private apply({ series }: { series: { frequency: string; period_start_day: string[]; value: unknown[] }[] }) {
    if (series.length > 100) return failure(400, 'at most 100 series');
    const { pairs } = recorded('editor_apply_biannual_reconstructed.json');
    return envelope({
      filter_results: series.map((one) => {
        const pair = pairs.find(
          (known: { posted: { value: unknown[] } }) => JSON.stringify(known.posted.value) === JSON.stringify(one.value),
        );
        const same = { ...one, period: one.period_start_day, period_middle_day: one.period_start_day };
        return { series: pair ? pair.returned_series : same };
      }),
    });
  }
}

interface Paging {
  readonly limit: number;
  readonly offset: number;
}

function paging(query: URLSearchParams, usual: number, most: number, of = ''): Paging | string {
  const limit = Number(query.get(`${of}limit`) ?? usual);
  if (limit > most) return `Invalid value ${limit} (int): must not be larger than ${most} (at ${of}limit)`;
  return { limit, offset: Number(query.get(`${of}offset`) ?? 0) };
}

function listed(field: string, docs: readonly unknown[], url: URL, usual: number, most: number, more: object = {}) {
  const page = paging(url.searchParams, usual, most);
  if (typeof page === 'string') return failure(400, page);
  const some = docs.slice(page.offset, page.offset + page.limit);
  return envelope({ [field]: { docs: some, ...page, num_found: docs.length }, ...more });
}

function envelope(fields: object) {
  return { status: 200, json: { _meta: { args: {}, version: '22.1.17' }, errors: null, ...fields } };
}

function failure(status: number, message: string) {
  return { status, json: { _meta: { args: {}, version: '22.1.17' }, message } };
}
