import { SluiceError } from '../core/errors.ts';

/** A handler gave no answer in time. The failure policy may try again. */
export class HandlerTimeoutError extends SluiceError {
  constructor(
    readonly timeoutMs: number,
    messageId: string,
  ) {
    super('HANDLER_TIMEOUT', `the handler gave no answer for message '${messageId}' within ${timeoutMs} ms`, {
      messageId,
    });
  }
}
