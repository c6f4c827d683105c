import { SluiceError } from '../../core/errors.ts';

/** The headers of a request and its reply. */
export const HEADER = {
  /** Where the reply goes. */
  replyTo: 'sluice-reply-to',
  /** Which request it answers. */
  correlation: 'sluice-correlation-id',
  /** After when nobody waits for the reply any more, in ms since the epoch. */
  expires: 'sluice-expires-at',
  /** `ok`, or `error` when the handler failed. */
  status: 'sluice-status',
} as const;

/** What a failed request is answered with. */
export interface FailureReply {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** Of a service: the same request may succeed later, unchanged. */
  readonly retryable?: boolean;
  /** Of a service: what is known beside the message, by code. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Nobody answered in time. */
export class RequestTimeoutError extends SluiceError {
  constructor(topic: string, timeoutMs: number) {
    super(
      'REQUEST_TIMEOUT',
      `the request on '${topic}' was not answered within ${timeoutMs} ms: is anything responding to it? (raise \`timeoutMs\` if it only takes longer)`,
    );
  }
}

/** The responder failed. */
export class RequestFailedError extends SluiceError {
  constructor(
    topic: string,
    /** What the responder's handler threw. */
    readonly reply: FailureReply,
  ) {
    super('REQUEST_FAILED', `the request on '${topic}' failed where it was handled: ${reply.name}: ${reply.message}`);
  }
}
