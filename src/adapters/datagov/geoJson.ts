/** A geometry of GeoJSON (RFC 7946, 3.1): longitude before latitude, in degrees of WGS 84. */
export interface GeoJsonGeometry {
  readonly type: string;
  readonly coordinates?: unknown;
  readonly geometries?: readonly GeoJsonGeometry[];
}

const TYPES: ReadonlySet<string> = new Set([
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
]);

/** Whether it has the outline of a geometry; its coordinates are not looked at. */
export function isGeometry(value: unknown): value is GeoJsonGeometry {
  if (typeof value !== 'object' || value === null) return false;
  const { type, coordinates, geometries } = value as GeoJsonGeometry;
  if (type === 'GeometryCollection') return Array.isArray(geometries) && geometries.every(isGeometry);
  return TYPES.has(type) && Array.isArray(coordinates);
}
