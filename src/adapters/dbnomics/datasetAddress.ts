import type { DatasetSelection } from './seriesQuery.ts';

/** Where a dataset's series are, and what picks some of them. */
export function datasetAddress({ provider, dataset, mask, dimensions, q }: DatasetSelection) {
  const parts = [provider, dataset, ...(mask === undefined ? [] : [mask])];
  return {
    path: `/series/${parts.map(encodeURIComponent).join('/')}`,
    query: { ...(dimensions && { dimensions: JSON.stringify(dimensions) }), ...(q !== undefined && { q }) },
  };
}
