import type { BadRowError } from './downloadErrors.ts';
import type { Row } from './downloadOptions.ts';

/** A row, or what is wrong with it. */
export type ReadRow = { readonly row: Row; readonly bad?: never } | { readonly bad: BadRowError };

/** What readers of rows go by. */
export interface Reading {
  readonly url: string;
  readonly maxRowBytes: number;
}
