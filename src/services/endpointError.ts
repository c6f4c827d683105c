import { SluiceError, type SluiceErrorOptions } from '../core/errors.ts';
import type { Failure } from './reply.ts';

export interface EndpointErrorOptions extends SluiceErrorOptions {
  /** The same request may succeed later, unchanged. @default false */
  readonly retryable?: boolean;
  /** What is known beside the message. It goes to whoever asked: no secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * A request that was not answered, and why: what a service replies, and what its client gets. An endpoint throws it to say
 * more than its message.
 */
export class EndpointError extends SluiceError implements Failure {
  readonly retryable: boolean;
  readonly details?: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: EndpointErrorOptions = {}) {
    super(code, message, options);
    this.retryable = options.retryable ?? false;
    if (options.details) this.details = options.details;
  }
}
