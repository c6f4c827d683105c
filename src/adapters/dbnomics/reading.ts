import { reading } from '../paging/index.ts';
import { DbnomicsShapeError } from './dbnomicsErrors.ts';

export { countOrNothing, type Fields, isFields, textOrNothing, textsOf } from '../paging/index.ts';

/** Each throws a `DbnomicsShapeError` unless the value is of the kind. */
export const { fieldsOf, listOf, textOf, countOf } = reading((what) => new DbnomicsShapeError(what));
