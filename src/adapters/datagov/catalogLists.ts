import { DatagovShapeError } from './datagovErrors.ts';
import { type GeoJsonGeometry, isGeometry } from './geoJson.ts';
import { countOf, countOrNothing, fieldsOf, textOf, textOrNothing, textsIn } from './reading.ts';

export interface Organization {
  readonly id: string;
  readonly name: string;
  /** What `orgSlug` of a search takes. */
  readonly slug: string;
  readonly type: string | undefined;
  readonly aliases: readonly string[];
  readonly datasetCount: number;
  /** How many sources are harvested for it. Undefined where the catalog does not say. */
  readonly sourceCount: number | undefined;
}

export interface KeywordCount {
  /** In lower case, as `keywords` of a search finds it. */
  readonly keyword: string;
  /** Datasets that have it. */
  readonly count: number;
}

export interface KeywordsOptions {
  /** A part of the keyword. @default any */
  readonly search?: string;
  /** How many at most, 1 to 1,000. @default 100 */
  readonly size?: number;
  /** On how many datasets at least. @default 1 */
  readonly minCount?: number;
}

export interface LocationsOptions {
  /** How many at most, 1 to 2,000. @default 100 */
  readonly size?: number;
}

export interface PublisherCount {
  readonly name: string;
  readonly count: number;
}

export interface Location {
  /** What `location` takes. */
  readonly id: string;
  readonly name: string;
}

export interface LocationShape {
  readonly id: string;
  readonly geometry: GeoJsonGeometry;
}

export interface CatalogStats {
  readonly datasets: number;
  /** Datasets that are part of a collection. */
  readonly datasetsInCollections: number;
  /** When it was counted, as Data.gov writes it (RFC 9110 date). */
  readonly date: string | undefined;
}

export function organizationOf(value: unknown): Organization {
  const doc = fieldsOf(value, 'an organization');
  const slug = textOf(doc['slug'], 'slug of an organization');
  return {
    id: textOf(doc['id'], `id of ${slug}`),
    name: textOf(doc['name'], `name of ${slug}`),
    slug,
    type: textOrNothing(doc['organization_type']),
    aliases: textsIn(doc['aliases']).filter((alias) => alias !== ''),
    datasetCount: countOf(doc['dataset_count'], `dataset_count of ${slug}`),
    sourceCount: countOrNothing(doc['source_count']),
  };
}

export function keywordOf(value: unknown): KeywordCount {
  const doc = fieldsOf(value, 'a keyword');
  return { keyword: textOf(doc['keyword'], 'a keyword'), count: countOf(doc['count'], 'count of a keyword') };
}

export function publisherOf(value: unknown): PublisherCount {
  const doc = fieldsOf(value, 'a publisher');
  return { name: textOf(doc['name'], 'name of a publisher'), count: countOf(doc['count'], 'count of a publisher') };
}

export function locationOf(value: unknown): Location {
  const doc = fieldsOf(value, 'a location');
  return { id: idOf(doc['id']), name: textOf(doc['display_name'], 'display_name of a location') };
}

/** The geometry comes as JSON within JSON. */
export function locationShapeOf(value: unknown): LocationShape {
  const doc = fieldsOf(value, 'a location');
  const id = idOf(doc['id']);
  const geometry = typeof doc['geometry'] === 'string' ? parsed(doc['geometry']) : doc['geometry'];
  if (!isGeometry(geometry)) throw new DatagovShapeError(`geometry of location ${id} is no GeoJSON`);
  return { id, geometry };
}

export function statsOf(value: unknown): CatalogStats {
  const body = fieldsOf(value, 'the stats');
  const results = fieldsOf(body['results'], 'results of the stats');
  const meta = fieldsOf(body['meta'] ?? {}, 'meta of the stats');
  return {
    datasets: countOf(results['datasets'], 'datasets of the stats'),
    datasetsInCollections: countOf(results['datasetsWithIsPartOf'], 'datasetsWithIsPartOf of the stats'),
    date: textOrNothing(meta['date']),
  };
}

/** Documented as a UUID, a number in truth. */
function idOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : textOf(value, 'id of a location');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
