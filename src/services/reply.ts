/** Why a request was not answered, for programs and for people. */
export interface Failure {
  /** Stable: `INVALID_PARAMS`, `DEADLINE_EXCEEDED`, `HTTP_RATE_LIMIT`, … */
  readonly code: string;
  readonly message: string;
  /** The same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** What is known beside that, by code. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Something of an answer that could not be had; the rest was. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Where an answer comes from that was not fetched for this request. */
export interface CacheMark {
  /** `stale`: older than it should be, since it is fetched anew just now, or could not be. */
  readonly state: 'hit' | 'stale';
  /** How long ago it was fetched, in ms. */
  readonly ageMs: number;
  /** The code of why it could not be fetched anew. */
  readonly upstream?: string;
}

/** What every reply to a request says. */
interface Replying {
  /** Which request it is of. */
  readonly requestId: string;
  /** The request's topic: its endpoint. */
  readonly topic: string;
}

/** How far the endpoint is. */
export interface ProgressReply extends Replying {
  readonly kind: 'progress';
  readonly done: number;
  /** How much there is, if that is known. */
  readonly total?: number;
}

/**
 * A part of the answer. `sequence` counts pages from 0 without a gap; `after` is the `digest` of the page before, empty for
 * the first: pages that don't chain are of two runs that saw different data.
 */
export interface PageReply<I = unknown> extends Replying {
  readonly kind: 'page';
  readonly sequence: number;
  readonly after: string;
  readonly digest: string;
  readonly items: readonly I[];
}

/** The end of what went well. Nothing that comes after it counts. */
export interface ResultReply<A = unknown> extends Replying {
  readonly kind: 'result';
  /** Whether the endpoint answers in pages. */
  readonly paged: boolean;
  /** How many pages came before. */
  readonly pages: number;
  /** How many items they had. */
  readonly items: number;
  /** The digest of the last page. */
  readonly after: string;
  /** The value; null if the endpoint answers in pages. */
  readonly answer: A;
  /** What could not be had. */
  readonly warnings: readonly Warning[];
  /** Absent of what was fetched for this request. */
  readonly cached?: CacheMark;
}

/** The end of what did not. Nothing that comes after it counts. */
export interface ErrorReply extends Replying {
  readonly kind: 'error';
  readonly error: Failure;
}

/** What comes to a `callbackTopic`, as data: any progress and pages, then one result or error. */
export type Reply<A = unknown, I = unknown> = ProgressReply | PageReply<I> | ResultReply<A> | ErrorReply;

/** The whole answer of an endpoint that answers in pages, when it is asked for at once. */
export interface PagedAnswer<I = unknown> {
  readonly items: readonly I[];
  /** What could not be had. */
  readonly warnings: readonly Warning[];
  /** Absent of what was fetched for this request. */
  readonly cached?: CacheMark;
}
