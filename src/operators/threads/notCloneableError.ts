import { PermanentError } from '../../core/errors.ts';

/** Data that can't be passed between threads: functions and what holds any can't be cloned. */
export class NotCloneableError extends PermanentError {
  constructor(what: 'data' | 'answer', cause: Error, messageId: string) {
    const where =
      what === 'data' ? "the data can't be passed to a thread" : "the answer of its thread can't be passed back";
    super(`message '${messageId}': ${where}: ${cause.message}`, { cause, messageId }, 'NOT_CLONEABLE');
  }
}
