import type { PerPriority } from '../priority.ts';
import type { Entry } from './entries.ts';
import type { StartPosition } from './taking.ts';

/** A position in each lane, opaque: pass it on to read from there. */
export type Cursor = PerPriority<string>;

export interface ReadRequest {
  readonly stream: string;
  readonly from: StartPosition | { readonly cursor: Cursor };
  /** The most entries to return, over all tiers. */
  readonly count: number;
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

export interface ReadPage {
  /** `attempt` is always 1. */
  readonly entries: readonly Entry[];
  readonly cursor: Cursor;
}
