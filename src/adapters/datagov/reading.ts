import { reading } from '../paging/index.ts';
import { DatagovShapeError } from './datagovErrors.ts';

export { countOrNothing, type Fields, isFields, textOrNothing } from '../paging/index.ts';

/** Each throws a `DatagovShapeError` unless the value is of the kind. */
export const { fieldsOf, listOf, textOf, countOf } = reading((what) => new DatagovShapeError(what));

/** The texts of a list; whatever else is in it, or in its place, is left out. */
export function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
