import { readFileSync } from 'node:fs';
import { type Answered, type Asked, FaultyHttp } from './faultyHttp.ts';
import { fileAnswer, type ServedFile } from './fileAnswer.ts';

export interface HitDoc {
  readonly slug: string;
  readonly title: string;
  readonly last_harvested_date: string | null;
  readonly [field: string]: unknown;
}

/** A recording, as it lies in `test/support/recordings/datagov`. */
export function recordedText(name: string): string {
  return readFileSync(new URL(`recordings/datagov/${name}`, import.meta.url), 'utf8');
}

export function recorded(name: string) {
  return JSON.parse(recordedText(name));
}

const RECORDINGS = ['search.json', 'search_by_slug.json', 'search_filtered.json'];
export const GOOD_KEY = 'kEy+/SECRET-7f3a9';
const HTML = { 'content-type': 'text/html' };
const SORTS = ['relevance', 'popularity', 'distance', 'last_harvested_date'];

/** Data.gov as it is known to behave, by gateway and direct, from recordings and, where there is none, from its source. */
export class DatagovServer {
  /** What the catalog has; may be changed while it runs. */
  docs: HitDoc[] = RECORDINGS.flatMap((name) => recorded(name).results as HitDoc[]);
  /** By path below `/files/`. */
  readonly files = new Map<string, ServedFile>();
  /** Keys the gateway takes, and what it says to others. */
  readonly keys = new Map<string, 'good' | 'DISABLED' | 'UNVERIFIED' | 'UNAUTHORIZED'>([
    ['DEMO_KEY', 'good'],
    [GOOD_KEY, 'good'],
  ]);
  /** Requests left of the gateway's limit. */
  remaining = 1_000;
  /** Whether a 429 says when to come again, and how. */
  retryAfter: string | undefined;
  /** Enumerated values that this release does not know, and silently leaves aside. */
  readonly unknownValues = new Set<string>();

  private constructor(readonly http: FaultyHttp) {}

  static async start(): Promise<DatagovServer> {
    let server: DatagovServer | undefined;
    const http = await FaultyHttp.start((asked) => (server as DatagovServer).answer(asked));
    server = new DatagovServer(http);
    return server;
  }

  get gateway() {
    return { baseUrl: `${this.http.url}/technology/datagov/v4`, key: GOOD_KEY };
  }

  get direct() {
    return { via: 'direct', baseUrl: this.http.url } as const;
  }

  file(name: string): string {
    return `${this.http.url}/files/${name}`;
  }

  stop(): Promise<void> {
    return this.http.stop();
  }

  private answer(asked: Asked): Answered {
    const { pathname } = asked.url;
    if (pathname.startsWith('/files/')) return fileAnswer(this.files.get(pathname.slice(7)), asked);
    if (pathname.startsWith('/technology/datagov/v4/')) return this.byGateway(asked);
    return this.catalog(pathname, asked.url.searchParams);
  }

  private byGateway({ url, headers }: Asked): Answered {
    const key = headers['x-api-key'] ?? url.searchParams.get('api_key');
    if (key === null)
      return refusal(403, 'API_KEY_MISSING', 'No api_key was supplied. Get one at https://api.gsa.gov:443');
    const known = this.keys.get(String(key));
    if (!known)
      return refusal(403, 'API_KEY_INVALID', 'An invalid api_key was supplied. Get one at https://api.gsa.gov:443');
    if (known !== 'good') return refusal(403, `API_KEY_${known}`, `The api_key supplied is ${known.toLowerCase()}.`);
    const limits = (left: number) => ({ 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': String(left) });
    if (this.remaining === 0) {
      const after = this.retryAfter === undefined ? {} : { 'retry-after': this.retryAfter };
      const message =
        'You have exceeded your rate limit. Try again later or contact us at https://api.gsa.gov:443/contact/ for assistance';
      return { ...refusal(429, 'OVER_RATE_LIMIT', message), headers: { ...limits(0), ...after } };
    }
    this.remaining -= 1;
    const path = url.pathname.slice('/technology/datagov/v4'.length);
    const only = /^\/(publishers|stats|dataset\b)/.test(path);
    const inner = /^\/(search|harvest_record)/.test(path) ? path : `/api${path}`;
    const answered = only ? failure(404, { message: 'Not Found', detail: {} }) : this.catalog(inner, url.searchParams);
    return { ...answered, headers: { ...answered.headers, ...limits(this.remaining) } };
  }

  private catalog(path: string, query: URLSearchParams): Answered {
    const [, ...parts] = path.split('/').map(decodeURIComponent);
    if (path === '/search') return this.search(query);
    if (parts[0] === 'harvest_record') return harvestRecord(parts.slice(1));
    if (path === '/api/organizations') return ok(recorded('organizations.json'));
    if (path === '/api/keywords') return keywords(query);
    if (path === '/api/locations/search') return locations(query);
    if (path.startsWith('/api/location/')) {
      return parts[2] === '5' ? ok(recorded('location.json')) : failure(404, { error: 'Location not found' });
    }
    if (path.startsWith('/api/dataset/')) return this.dataset(parts[2] ?? '');
    if (path === '/api/publishers') return ok(this.publishers());
    if (path === '/api/stats') return ok(stats(this.docs.length));
    return failure(404, { message: 'Not Found', detail: {} });
  }

  private search(query: URLSearchParams): Answered {
    const perPage = integer(query.get('per_page'), 20);
    if (perPage < 1 || perPage > 1_000) return searchFailed('per_page must be between 1 and 1000');
    const geometry = query.get('spatial_geometry');
    if (geometry !== null && !parses(geometry)) return searchFailed('spatial_geometry parameter is malformed');
    const sort = this.sortOf(query, geometry);
    const after = query.get('after');
    const behind = after === null ? undefined : cursor(after);
    if (after !== null && behind === undefined) return html(500);
    const found = this.docs
      .filter((doc) => this.fits(doc, query))
      .map((doc) => ({ doc, place: placeOf(doc, sort) }))
      .filter(({ place }) => behind === undefined || compare(behind, place) < 0)
      .sort((a, b) => compare(a.place, b.place));
    const page = found.slice(0, perPage);
    const results = page.map(({ doc, place }) => ({ ...doc, _score: scoreOf(doc), _sort: place }));
    const last = page.at(-1);
    return ok({ results, sort, ...(found.length > perPage && last && { after: encoded(last.place) }) });
  }

  private sortOf(query: URLSearchParams, geometry: string | null): string {
    const asked = (query.get('sort') ?? 'relevance').toLowerCase();
    const known = SORTS.includes(asked) && !this.unknownValues.has(asked);
    return known && !(asked === 'distance' && geometry === null) ? asked : 'relevance';
  }

  private fits(doc: HitDoc, query: URLSearchParams): boolean {
    const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const text = `${doc.title} ${doc['description']} ${doc.slug}`.toLowerCase();
    const organization = doc['organization'] as { slug: string; organization_type: string };
    const keywords = (doc['keyword'] as string[]).map((keyword) => keyword.toLowerCase());
    const wanted = (name: string) =>
      query.getAll(name).filter((value) => value !== '' && !this.unknownValues.has(value));
    const [slug] = wanted('org_slug');
    const types = wanted('org_type');
    const [spatial] = wanted('spatial_filter');
    const [publisher] = wanted('publisher');
    const [collection] = wanted('collection');
    return (
      words.every((word) => text.includes(word)) &&
      (slug === undefined || organization.slug === slug) &&
      (types.length === 0 || types.includes(organization.organization_type)) &&
      wanted('keyword').every((keyword) => keywords.includes(keyword.toLowerCase())) &&
      (publisher === undefined || doc['publisher'] === publisher) &&
      (collection === undefined || Reflect.get(doc['dcat'] as object, 'isPartOf') === collection) &&
      (query.get('has_download') !== 'true' || doc['has_download'] === true) &&
      (spatial === undefined || doc['has_spatial'] === (spatial === 'geospatial')) &&
      (query.get('spatial_geometry') === null || doc['spatial_shape'] !== null)
    );
  }

  private dataset(name: string): Answered {
    if (name === 'crime-data-from-2020-to-present') return ok(recorded('dataset_by_slug.json'));
    const found = this.docs.filter((doc) => doc.slug === name || idOf(doc) === name).slice(0, 1);
    if (found.length === 0) return failure(404, recorded('dataset_not_found_404.json'));
    const results = found.map((doc) => ({ ...doc, _score: 0, _sort: null }));
    return ok({ aggregations: null, results, search_after: null, total: 1 });
  }

  private publishers() {
    const counts = new Map<string, number>();
    for (const doc of this.docs) {
      const name = String(doc['publisher']);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const publishers = [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
    return { publishers, total: publishers.length };
  }
}

function ok(json: unknown): Answered {
  return { status: 200, json };
}

function failure(status: number, json: unknown): Answered {
  return { status, json };
}

function refusal(status: number, code: string, message: string): Answered {
  return failure(status, { error: { code, message } });
}

function searchFailed(message: string): Answered {
  return failure(400, { error: 'Search failed', message });
}

function html(status: number): Answered {
  return { status, body: '<html><body><h1>Server Error</h1></body></html>', headers: HTML };
}

function harvestRecord([id, part]: string[]): Answered {
  const raw = recordedText('harvest_record_raw.json');
  const untransformed = recorded('harvest_record.json').id;
  const transformed = '2360ab48-690e-4604-8487-6a28a228da9a';
  if (id === untransformed && part === undefined) return ok(recorded('harvest_record.json'));
  if (id === untransformed && part === 'raw') return { status: 200, body: raw };
  if (id === transformed && part === 'transformed') return ok(recorded('harvest_record_transformed.json'));
  if (id === transformed && part === 'raw') {
    return {
      status: 200,
      body: '<?xml version="1.0"?><metadata/>',
      headers: { 'content-type': 'application/xml; charset=utf-8' },
    };
  }
  return failure(404, { error: 'Not Found' });
}

function keywords(query: URLSearchParams): Answered {
  const size = Math.max(1, Math.min(1_000, integer(query.get('size'), 100)));
  const min_count = Math.max(1, integer(query.get('min_count'), 1));
  const all = recorded('keywords.json').keywords as { keyword: string; count: number }[];
  const search = query.get('search') ?? '';
  const found = all.filter(({ keyword, count }) => keyword.includes(search) && count >= min_count).slice(0, size);
  return ok({ keywords: found, total: found.length, size, min_count });
}

function locations(query: URLSearchParams): Answered {
  const size = Math.max(1, Math.min(2_000, integer(query.get('size'), 100)));
  const all = recorded('locations_search.json').locations as { display_name: string; id: string }[];
  const name = (query.get('q') ?? '').toLowerCase();
  const found = all.filter(({ display_name }) => display_name.toLowerCase().includes(name)).slice(0, size);
  return ok({ locations: found, size, total: found.length });
}

function stats(datasets: number) {
  return {
    results: { datasets, datasetsWithIsPartOf: 1 },
    metrics: { orgBarMetric: '%5B%5D', datasetsBarMetric: '%5B%5D' },
    meta: { date: 'Wed, 25 Nov 2026 09:00:00 GMT' },
  };
}

/** As Python reads it: what is no number is not there. */
function integer(text: string | null, otherwise: number): number {
  return text !== null && /^[+-]?\d+$/.test(text.trim()) ? Number(text) : otherwise;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

type Place = readonly (number | string)[];

function cursor(after: string): Place | undefined {
  const text = Buffer.from(after, 'base64url').toString();
  return parses(text) && Array.isArray(JSON.parse(text)) ? JSON.parse(text) : undefined;
}

function encoded(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function placeOf(doc: HitDoc, sort: string): Place {
  const usual = [scoreOf(doc), Number(doc['popularity'] ?? 0), idOf(doc)];
  if (sort === 'popularity') return [usual[1] ?? 0, usual[0] ?? 0, usual[2] ?? ''];
  if (sort === 'last_harvested_date') return [Date.parse(`${doc.last_harvested_date}Z`), ...usual];
  return sort === 'distance' ? [-1, ...usual] : usual;
}

/** Descending, all of them. */
function compare(a: Place, b: Place): number {
  for (const [i, one] of a.entries()) {
    const other = b[i] ?? 0;
    if (one !== other) return one > other ? -1 : 1;
  }
  return 0;
}

function scoreOf(doc: HitDoc): number {
  return typeof doc['_score'] === 'number' ? doc['_score'] : 1;
}

function idOf(doc: HitDoc): string {
  const sort = doc['_sort'];
  return String((Array.isArray(sort) ? sort.at(-1) : undefined) ?? doc.slug);
}

/** A built dataset, harvested so many seconds after 1 October 2026. */
export function generatedHit(i: number, fields: object = {}): HitDoc {
  return {
    slug: `gen-${i}`,
    title: `Generated ${i}`,
    description: `number ${i}`,
    identifier: `urn:gen:${i}`,
    publisher: 'Generator',
    keyword: ['generated'],
    theme: [],
    has_spatial: false,
    has_download: true,
    popularity: 0,
    _score: 1_000_000 - i,
    last_harvested_date: harvestTime(i),
    distribution_titles: [],
    spatial_centroid: null,
    spatial_shape: null,
    organization: { id: 'o', name: 'Generator', slug: 'gen', organization_type: 'Non-Profit', aliases: [], logo: '' },
    dcat: {},
    ...fields,
  };
}

/** Without a zone, as Data.gov writes it. */
export function harvestTime(seconds: number): string {
  return `${new Date(Date.UTC(2026, 9, 1) + seconds * 1_000).toISOString().slice(0, -1)}000`;
}
