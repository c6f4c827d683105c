import { SluiceError } from '../../core/errors.ts';
import { whyEnded } from './whyEnded.ts';

/** The thread that ran a handler ended before it answered. The failure policy may try again, in another thread. */
export class ThreadDiedError extends SluiceError {
  constructor(cause: Error, messageId: string) {
    super('THREAD_DIED', `the thread that handled message '${messageId}' ended: ${whyEnded(cause)}`, {
      cause,
      messageId,
    });
  }
}
