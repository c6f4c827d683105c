import { PermanentError } from '../../core/errors.ts';

/** A line of a recorded file that is no message. */
export class BadLineError extends PermanentError {
  constructor(place: string, why: string, cause?: unknown) {
    super(`${place} ${why}`, { cause }, 'BAD_LINE');
  }
}
