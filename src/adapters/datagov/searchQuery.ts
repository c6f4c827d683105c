import { checkOptions, type OptionNames } from '../../core/checkOptions.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import type { HttpRequest } from '../http/index.ts';
import { checkCursor } from './cursor.ts';
import { type GeoJsonGeometry, isGeometry } from './geoJson.ts';
import type { SearchNotice } from './searchNotice.ts';

export type SortOrder = 'relevance' | 'popularity' | 'last_harvested_date' | 'distance';
export type OrganizationType =
  | 'Federal Government'
  | 'City Government'
  | 'State Government'
  | 'County Government'
  | 'University'
  | 'Tribal'
  | 'Non-Profit';

/** Which datasets. Conditions are ANDed; without any, all of the catalog. */
export interface CatalogFilter {
  /** Words, ANDed; `"a phrase"` as it is; `OR` between alternatives. */
  readonly q?: string;
  /** An organization's slug, in lower case. */
  readonly orgSlug?: string;
  /** Of any of these. */
  readonly orgTypes?: readonly OrganizationType[];
  /** With each of these, whole; case does not matter. */
  readonly keywords?: readonly string[];
  /** A publisher's name, exactly. */
  readonly publisher?: string;
  /** The identifier of the collection that they are part of. */
  readonly collection?: string;
  /** Only those with a file. There is no filter for those without. */
  readonly hasDownload?: true;
  readonly spatialFilter?: 'geospatial' | 'non-geospatial';
  /** Those whose area is within this one; with `intersects`, those that touch it. */
  readonly area?: { readonly geometry: GeoJsonGeometry; readonly relation?: 'within' | 'intersects' };
}

/** How far a walk is. */
export interface SearchProgress {
  /** Datasets read so far, of this walk. */
  readonly done: number;
  /** Pass it as `after` to go on from here. Undefined at the end. */
  readonly after: string | undefined;
}

export interface SearchQuery extends CatalogFilter {
  /** `distance` is from the middle of `area`, and takes one. @default 'relevance' */
  readonly sort?: SortOrder;
  /** Datasets a page, 1 to 1,000. @default 100 */
  readonly pageSize?: number;
  /** Behind which dataset to begin: its `cursor`, or what an earlier walk's progress said. @default the first */
  readonly after?: string;
  /** How many slugs are remembered, so that none comes twice when pages drift. @default 10_000 */
  readonly remember?: number;
  readonly onProgress?: (progress: SearchProgress) => void;
  /** Takes what Data.gov did otherwise than asked; throwing ends the walk. @default a warning for each */
  readonly onNotice?: (notice: SearchNotice) => void;
}

/** For those that take more than these. */
export const FILTER_NAMES: OptionNames<CatalogFilter> = {
  q: true,
  orgSlug: true,
  orgTypes: true,
  keywords: true,
  publisher: true,
  collection: true,
  hasDownload: true,
  spatialFilter: true,
  area: true,
};

const QUERY_NAMES: OptionNames<SearchQuery> = {
  ...FILTER_NAMES,
  sort: true,
  pageSize: true,
  after: true,
  remember: true,
  onProgress: true,
  onNotice: true,
};

const SORTS: readonly SortOrder[] = ['relevance', 'popularity', 'last_harvested_date', 'distance'];
const ORGANIZATION_TYPES: readonly OrganizationType[] = [
  'Federal Government',
  'City Government',
  'State Government',
  'County Government',
  'University',
  'Tribal',
  'Non-Profit',
];
const SPATIAL = ['geospatial', 'non-geospatial'] as const;
const RELATIONS = ['within', 'intersects'] as const;

/** @throws {InvalidOptionError} naming what Data.gov would refuse, or silently leave aside */
export function checkSearch(query: SearchQuery): void {
  checkOptions('the query', query, QUERY_NAMES);
  checkFilter(query);
  const { sort, area, pageSize, after, remember } = query;
  if (sort !== undefined) checkOneOf('sort', sort, SORTS);
  if (sort === 'distance' && !area) throw new InvalidOptionError('sort', sort, 'an `area` to measure from beside it');
  checkBetween('pageSize', pageSize, 1, 1_000);
  checkBetween('remember', remember, 0, 10_000_000);
  if (after !== undefined) checkCursor(after);
}

/** @throws {InvalidOptionError} naming what Data.gov would refuse, or silently leave aside */
export function checkFilter(filter: CatalogFilter): void {
  const { orgSlug, orgTypes = [], keywords = [], hasDownload, spatialFilter, area } = filter;
  if (orgSlug !== undefined && !/^[a-z0-9][a-z0-9_-]*$/.test(orgSlug)) {
    throw new InvalidOptionError('orgSlug', orgSlug, "an organization's slug, which is in lower case");
  }
  for (const name of ['q', 'publisher', 'collection'] as const) {
    const text = filter[name];
    if (text !== undefined && typeof text !== 'string') throw new InvalidOptionError(name, text, 'a text');
  }
  for (const [name, list] of Object.entries({ orgTypes, keywords })) {
    if (!Array.isArray(list)) throw new InvalidOptionError(name, list, 'an array of texts');
  }
  for (const type of orgTypes) checkOneOf('orgTypes', type, ORGANIZATION_TYPES);
  for (const keyword of keywords) {
    if (typeof keyword !== 'string' || keyword.trim() === '')
      throw new InvalidOptionError('keywords', keyword, 'words');
  }
  if (hasDownload !== undefined && hasDownload !== true) {
    throw new InvalidOptionError('hasDownload', hasDownload, 'true, or nothing: Data.gov leaves false aside');
  }
  if (spatialFilter !== undefined) checkOneOf('spatialFilter', spatialFilter, SPATIAL);
  if (area === undefined) return;
  if (!isGeometry(area.geometry)) throw new InvalidOptionError('area.geometry', area.geometry, 'a geometry of GeoJSON');
  if (area.relation !== undefined) checkOneOf('area.relation', area.relation, RELATIONS);
}

/** The parameters of `/search`. */
export function searchParameters(query: SearchQuery): HttpRequest['query'] & {} {
  const { q, orgSlug, orgTypes, keywords, publisher, collection, hasDownload, spatialFilter, area } = query;
  return {
    q,
    sort: query.sort,
    per_page: query.pageSize ?? 100,
    org_slug: orgSlug,
    org_type: orgTypes,
    keyword: keywords,
    publisher,
    collection,
    has_download: hasDownload,
    spatial_filter: spatialFilter,
    spatial_geometry: area && JSON.stringify(area.geometry),
    spatial_within: area && (area.relation ?? 'within') === 'within',
  };
}

/** @throws {InvalidOptionError} unless it is a whole number within bounds; Data.gov would move it there */
export function checkBetween(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
  throw new InvalidOptionError(name, value, `a whole number from ${least} to ${most}`);
}

function checkOneOf(name: string, value: string, all: readonly string[]): void {
  if (!all.includes(value)) throw new InvalidOptionError(name, value, `one of ${all.join(', ')}`);
}
