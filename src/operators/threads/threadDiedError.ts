import { SluiceError } from '../../core/errors.ts';

/** The thread that ran a handler ended before it answered. The failure policy may try again, in another thread. */
export class ThreadDiedError extends SluiceError {
  constructor(cause: Error, messageId: string) {
    super('THREAD_DIED', `the thread that handled message '${messageId}' ended: ${why(cause)}`, { cause, messageId });
  }
}

/** What ended a thread, as Node and Piscina tell it. */
function why(cause: Error & { code?: unknown }): string {
  if (cause.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'it ran out of memory; `resourceLimits` says how much it has';
  const exit = /worker exited with code: (\d+)/.exec(cause.message);
  if (exit) return `process.exit(${exit[1]}) was called in it`;
  return `an error was thrown that nobody caught: ${cause.message}`;
}
