import type { BadLineError } from './badLineError.ts';

/** A line that was read. */
export interface GoodLine<T> {
  /** `file:line`, counted from 1. */
  readonly place: string;
  readonly data: T;
  /** When it was recorded, in ms since the epoch, if the source was told how to find that. */
  readonly time: number | undefined;
}

/** A line that is no message. */
export interface BadLine {
  readonly place: string;
  /** The line; only its beginning if it was too long. */
  readonly text: string;
  readonly fault: BadLineError;
}

export type Line<T> = GoodLine<T> | BadLine;
