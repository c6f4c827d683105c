import { PermanentError } from '../core/errors.ts';

/** Data that are no observation: without a series, a period that the calendar has, or a value. */
export class ObservationError extends PermanentError {
  constructor(message: string) {
    super(message, {}, 'NO_OBSERVATION');
  }
}
