import { countOf, type Fields, fieldsOf, listOf, textOf } from './reading.ts';

/** How many series of a dataset there are, and how many have which value of which dimension. */
export interface Facets {
  readonly seriesCount: number;
  /** By code of the dimension, how many series have each of its values, by code. */
  readonly dimensions: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Reads the counts that `/series` gives with `facets=1`. @throws {DbnomicsShapeError} if they are none */
export function facetsOf(body: Fields): Facets {
  const { num_found: found } = fieldsOf(body['series'], 'series');
  const facets = Object.entries(fieldsOf(body['series_dimensions_facets'], 'series_dimensions_facets'));
  return {
    seriesCount: countOf(found, 'series.num_found'),
    dimensions: new Map(facets.map(([dimension, counts]) => [dimension, countsOf(dimension, counts)])),
  };
}

function countsOf(dimension: string, counts: unknown): ReadonlyMap<string, number> {
  const what = `a facet of ${dimension}`;
  return new Map(
    listOf(counts, `facets of ${dimension}`).map((one) => {
      const { code, count } = fieldsOf(one, what);
      return [textOf(code, `code of ${what}`), countOf(count, `count of ${what}`)];
    }),
  );
}
