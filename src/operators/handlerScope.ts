import type { Context } from '@opentelemetry/api';
import type { Delivery } from '../core/delivery.ts';
import type { DutyWatcher } from '../core/duty.ts';
import type { Message } from '../core/message.ts';
import { watchLineage } from './watchLineage.ts';

/** What a handler is told beside the data. */
export interface HandlerContext<T> {
  readonly message: Message<T>;
  /** 1 for the first time this message is handled. */
  readonly attempt: number;
  /**
   * Aborted when the answer is not wanted any more: at the timeout, when the pipeline is torn down, at the deadline of a
   * stop, or when others have the message now because the lease was lost.
   */
  readonly signal: AbortSignal;
}

/**
 * A handler's context. Its signal is made when first read: an AbortController, and watching for the end of the duty, cost
 * more than all the rest.
 */
export class HandlerScope<T> implements HandlerContext<T>, DutyWatcher {
  readonly message: Message<T>;
  readonly attempt: number;
  /** The trace context that the handler is called in. */
  readonly context: Context;
  /** Absent while nobody has read the signal and nothing has aborted it. */
  private controller: AbortController | undefined = undefined;
  /** Whether nobody is interested in the end of the duty: the handler has answered, or it had ended before. */
  private over: boolean;

  constructor(private readonly delivery: Delivery<T>) {
    this.message = delivery.message;
    this.attempt = delivery.attempt;
    this.context = delivery.context;
    this.over = delivery.settled;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.delivery.settled) this.settled();
      else if (!this.over) watchLineage(this.delivery.duty, this);
    }
    return this.controller.signal;
  }

  /** Aborts the signal; without a reason it is the platform's AbortError. */
  abort(reason?: Error): void {
    this.controller ??= new AbortController();
    this.controller.abort(reason);
  }

  /** The handler has answered: what becomes of the delivery now is none of its business. */
  end(): void {
    this.over = true;
  }

  /** Somebody else has settled it. */
  settled(): void {
    if (!this.over && this.delivery.settled) this.controller?.abort();
  }
}
