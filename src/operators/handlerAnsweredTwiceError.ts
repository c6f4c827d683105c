import { PermanentError } from '../core/errors.ts';

/** A handler's Observable emitted more than one value. */
export class HandlerAnsweredTwiceError extends PermanentError {
  constructor(messageId: string) {
    super(
      `the handler's Observable answered twice for message '${messageId}': answer once, and make many of one with splitData`,
      { messageId },
      'HANDLER_ANSWERED_TWICE',
    );
  }
}
