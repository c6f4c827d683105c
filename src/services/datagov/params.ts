import { z } from 'zod';

/** What can be part of a path. */
const Id = z.string().regex(/^(?!\.{1,2}$)[^/\s]+$/, 'a text without slashes or white space, neither . nor ..');

const pageSize = z.int().min(1).max(1_000).optional();

export const Nothing = z.strictObject({});

export const DatasetParams = z.strictObject({ dataset: Id });

export const IdParams = z.strictObject({ id: Id });

export interface GeometryInput {
  readonly type: string;
  readonly coordinates?: unknown;
  readonly geometries?: readonly GeometryInput[] | undefined;
}

const Position = z.array(z.unknown());

/** RFC 7946, 3.1; the coordinates are not looked at. */
const Geometry: z.ZodType<GeometryInput> = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.strictObject({
      type: z.enum(['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon']),
      coordinates: Position,
    }),
    z.strictObject({ type: z.literal('GeometryCollection'), geometries: z.array(Geometry) }),
  ]),
);

export const SearchParams = z
  .strictObject({
    q: z.string().min(1).optional(),
    orgSlug: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]*$/, "an organization's slug, which is in lower case")
      .optional(),
    orgTypes: z
      .array(
        z.enum([
          'Federal Government',
          'City Government',
          'State Government',
          'County Government',
          'University',
          'Tribal',
          'Non-Profit',
        ]),
      )
      .optional(),
    keywords: z.array(z.string().regex(/\S/, 'words')).optional(),
    publisher: z.string().min(1).optional(),
    collection: z.string().min(1).optional(),
    hasDownload: z.literal(true).optional(),
    spatialFilter: z.enum(['geospatial', 'non-geospatial']).optional(),
    area: z.strictObject({ geometry: Geometry, relation: z.enum(['within', 'intersects']).optional() }).optional(),
    sort: z.enum(['relevance', 'popularity', 'last_harvested_date', 'distance']).optional(),
    pageSize,
    after: z.string().min(1).optional(),
    /** The most datasets of the answer: the catalog has half a million. */
    limit: z.int().min(1).max(1_000_000).default(100),
  })
  .superRefine(({ sort, area }, context) => {
    if (sort !== 'distance' || area) return;
    context.addIssue({ code: 'custom', path: ['sort'], message: 'distance takes an area to measure from beside it' });
  });

export const KeywordsParams = z.strictObject({
  search: z.string().min(1).optional(),
  size: z.int().min(1).max(1_000).optional(),
  minCount: z.int().min(1).optional(),
});

export const LocationsParams = z.strictObject({ q: z.string().min(1), size: z.int().min(1).max(2_000).optional() });

export const RowsParams = z.strictObject({
  dataset: Id,
  /** Which of the dataset's files. */
  downloadUrl: z.url().optional(),
  format: z.enum(['csv', 'tsv', 'json', 'geojson', 'ndjson']).optional(),
  encoding: z.string().min(1).optional(),
  delimiter: z.string().length(1).optional(),
  columns: z.array(z.string()).min(1).optional(),
  at: z.string().min(1).optional(),
  skip: z.int().min(0).optional(),
  /** The most rows of the answer. */
  limit: z.int().min(1).optional(),
});
