import type { Headers, Message } from '../../core/message.ts';
import type { CarriedError } from './carriedError.ts';

/** What a thread is told beside the data. */
export interface ThreadContext<T> {
  readonly message: Message<T>;
  /** 1 for the first time this message is handled. */
  readonly attempt: number;
  /** The stage's span as W3C headers: `propagation.extract(ROOT_CONTEXT, trace)`; empty where nothing is traced. */
  readonly trace: Headers;
}

/** What a thread has to know to begin. */
export interface ThreadSetup {
  /** The URL of the handler's module. */
  readonly module: string;
  /** The handler's name in it. */
  readonly name: string;
}

/** One message on its way into a thread. */
export interface ThreadTask {
  readonly data: unknown;
  readonly message: Omit<Message, 'data'>;
  readonly attempt: number;
  readonly trace: Headers;
}

/** Asks a thread to load its module, and nothing else. */
export const LOAD = 'load';

/** What comes back. */
export type ThreadAnswer =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'unloadable'; readonly error: CarriedError }
  /** The answer as `v8.serialize` wrote it; without bytes for none. */
  | { readonly kind: 'answered'; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'failed'; readonly error: CarriedError }
  | { readonly kind: 'uncloneable'; readonly error: CarriedError };
