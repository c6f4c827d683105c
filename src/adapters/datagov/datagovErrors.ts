import { PermanentError } from '../../core/errors.ts';

/** Data.gov does not have it: a dataset, a location, a harvest record. */
export class DatagovNotFoundError extends PermanentError {
  constructor(message: string, cause?: unknown) {
    super(message, { cause }, 'DATAGOV_NOT_FOUND');
  }
}

/** Data.gov refuses a parameter; the message is its own. */
export class DatagovRequestError extends PermanentError {
  constructor(message: string, cause: unknown) {
    super(message, { cause }, 'DATAGOV_REQUEST');
  }
}

/** Data.gov failed on a cursor that it was given to go on from: it answers so to cursors of another order or release. */
export class DatagovCursorError extends PermanentError {
  constructor(cause: unknown) {
    const message =
      'after is a cursor that Data.gov answers 500 to: take one of the same query and sort, or begin anew';
    super(message, { cause }, 'DATAGOV_CURSOR');
  }
}

/** The gateway refuses the key. The message says why and what to do; it does not show the key. */
export class DatagovKeyError extends PermanentError {
  constructor(
    message: string,
    cause: unknown,
    /** The gateway's own: `API_KEY_MISSING`, `API_KEY_INVALID`, `API_KEY_DISABLED`, … */
    readonly keyCode: string,
  ) {
    super(message, { cause }, 'DATAGOV_KEY');
  }
}

/** JSON of another shape than Data.gov is known to answer. */
export class DatagovShapeError extends PermanentError {
  constructor(what: string) {
    super(`${what}: Data.gov may have changed its API`, {}, 'DATAGOV_SHAPE');
  }
}
