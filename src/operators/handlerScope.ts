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
  private controller: AbortController | undefined;
  private aborted = false;
  private reason: unknown;

  constructor(
    readonly message: Message<T>,
    readonly attempt: number,
  ) {}

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.aborted) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  /** Aborts the signal; without a reason it is the platform's AbortError. */
  abort(reason?: Error): void {
    this.aborted = true;
    this.reason = reason;
    this.controller?.abort(reason);
  }
}
