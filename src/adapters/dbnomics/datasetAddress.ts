import type { DatasetSelection } from './seriesQuery.ts';

/** Where a dataset's series are, and what picks some of them. */
export function datasetAddress({ provider, dataset, mask, dimensions, q }: DatasetSelection) {
  // Of two or three dimensions with any value it would be a step up in the path, however it is encoded; it picks all series.
  const picks = mask !== undefined && mask !== '.' && mask !== '..';
  const parts = [provider, dataset, ...(picks ? [mask] : [])];
  return {
    path: `/series/${parts.map(encodeURIComponent).join('/')}`,
    query: { ...(dimensions && { dimensions: JSON.stringify(dimensions) }), ...(q !== undefined && { q }) },
  };
}
