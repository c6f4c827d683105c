import type { Context } from '@opentelemetry/api';
import type { Message } from '../core/message.ts';

/** What a handler is told beside the data. */
export interface HandlerContext<T> {
  readonly message: Message<T>;
  /** 1 for the first time this message is handled. */
  readonly attempt: number;
  /** Aborted when the answer is not wanted any more: at the timeout, or when the pipeline is torn down. */
  readonly signal: AbortSignal;
}

/** A handler's context. Its signal is made when first read: an AbortController costs more than all the rest. */
export class HandlerScope<T> implements HandlerContext<T> {
  /** Absent while nobody has read the signal and nothing has aborted it. */
  private controller: AbortController | undefined = undefined;

  constructor(
    readonly message: Message<T>,
    readonly attempt: number,
    /** The trace context that the handler is called in. */
    readonly context: Context,
  ) {}

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  /** Aborts the signal; without a reason it is the platform's AbortError. */
  abort(reason?: Error): void {
    this.controller ??= new AbortController();
    this.controller.abort(reason);
  }
}
