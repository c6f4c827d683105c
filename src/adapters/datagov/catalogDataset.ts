import { cursorOf } from './cursor.ts';
import { type Distribution, distributionsOf } from './distribution.ts';
import { type GeoJsonGeometry, isGeometry } from './geoJson.ts';
import { countOrNothing, type Fields, fieldsOf, isFields, textOf, textOrNothing, textsIn } from './reading.ts';

/** Who publishes: as a dataset names it. */
export interface DatasetOrganization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  /** `Federal Government`, `City Government`, … */
  readonly type: string | undefined;
  readonly logo: string | undefined;
  readonly aliases: readonly string[];
  readonly description: string | undefined;
}

/** A dataset of the catalog. */
export interface CatalogDataset {
  /** What names it on Data.gov, once and for all. */
  readonly slug: string;
  readonly title: string;
  readonly description: string | undefined;
  /** Its publisher's own name for it. */
  readonly identifier: string | undefined;
  readonly publisher: string | undefined;
  readonly keywords: readonly string[];
  readonly themes: readonly string[];
  readonly hasSpatial: boolean;
  /** Undefined where the catalog does not say. */
  readonly hasDownload: boolean | undefined;
  /** Views lately, as Data.gov counts them. */
  readonly popularity: number | undefined;
  /**
   * When Data.gov last took it over, ISO 8601 in UTC, to the microsecond. Data.gov writes no time zone; its servers' is
   * UTC.
   */
  readonly lastHarvestedAt: string | undefined;
  readonly distributions: readonly Distribution[];
  /** In degrees of WGS 84. */
  readonly centroid: { readonly lat: number; readonly lon: number } | undefined;
  readonly shape: GeoJsonGeometry | undefined;
  readonly organization: DatasetOrganization | undefined;
  /** For `harvestRecord`. */
  readonly harvestRecordId: string | undefined;
  /** How well it fits the words that were searched for; of no unit. */
  readonly score: number | undefined;
  /** Pass it as `after` to the same query, to go on behind this dataset. Undefined if it was not searched for. */
  readonly cursor: string | undefined;
  /** All that its publisher said, as it said it (DCAT-US). */
  readonly dcat: Fields;
}

/** @throws {DatagovShapeError} unless it is a dataset */
export function catalogDatasetOf(value: unknown): CatalogDataset {
  const hit = fieldsOf(value, 'a dataset');
  const slug = textOf(hit['slug'], 'slug of a dataset');
  const dcat = isFields(hit['dcat']) ? hit['dcat'] : {};
  const { has_download, spatial_shape, organization, _score } = hit;
  return {
    slug,
    title: textOf(hit['title'], `title of ${slug}`),
    description: textOrNothing(hit['description']),
    identifier: textOrNothing(hit['identifier']),
    publisher: textOrNothing(hit['publisher']),
    keywords: textsIn(hit['keyword']),
    themes: textsIn(hit['theme']),
    hasSpatial: hit['has_spatial'] === true,
    hasDownload: typeof has_download === 'boolean' ? has_download : undefined,
    popularity: countOrNothing(hit['popularity']),
    lastHarvestedAt: inUtc(textOrNothing(hit['last_harvested_date'])),
    distributions: distributionsOf(dcat),
    centroid: centroidOf(hit['spatial_centroid']),
    shape: isGeometry(spatial_shape) ? spatial_shape : undefined,
    organization: isFields(organization) ? organizationOf(organization, slug) : undefined,
    harvestRecordId: recordIdOf(textOrNothing(hit['harvest_record'])),
    score: typeof _score === 'number' ? _score : undefined,
    cursor: Array.isArray(hit['_sort']) ? cursorOf(hit['_sort']) : undefined,
    dcat,
  };
}

function organizationOf(doc: Fields, slug: string): DatasetOrganization {
  return {
    id: textOf(doc['id'], `organization.id of ${slug}`),
    name: textOf(doc['name'], `organization.name of ${slug}`),
    slug: textOf(doc['slug'], `organization.slug of ${slug}`),
    type: textOrNothing(doc['organization_type']),
    logo: textOrNothing(doc['logo']) || undefined,
    aliases: textsIn(doc['aliases']).filter((alias) => alias !== ''),
    description: textOrNothing(doc['description']),
  };
}

/** Data.gov writes times without a zone. */
export function inUtc(time: string | undefined): string | undefined {
  if (time === undefined || !/^\d{4}-\d{2}-\d{2}T/.test(time)) return time;
  return /(Z|[+-]\d{2}:?\d{2})$/.test(time) ? time : `${time}Z`;
}

function centroidOf(value: unknown): { lat: number; lon: number } | undefined {
  if (!isFields(value)) return undefined;
  const { lat, lon } = value;
  return typeof lat === 'number' && typeof lon === 'number' ? { lat, lon } : undefined;
}

function recordIdOf(address: string | undefined): string | undefined {
  return /\/harvest_record\/([0-9a-f-]+)/i.exec(address ?? '')?.[1];
}
