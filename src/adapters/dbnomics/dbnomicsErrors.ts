import { PermanentError, SluiceError } from '../../core/errors.ts';

/** DBnomics does not have it: a provider, a dataset, a series. */
export class DbnomicsNotFoundError extends PermanentError {
  constructor(message: string, cause: unknown) {
    super(message, { cause }, 'DBNOMICS_NOT_FOUND');
  }
}

/** DBnomics refuses a parameter; the message is its own. */
export class DbnomicsRequestError extends PermanentError {
  constructor(message: string, cause: unknown) {
    super(message, { cause }, 'DBNOMICS_REQUEST');
  }
}

/** JSON of another shape than DBnomics is known to answer. */
export class DbnomicsShapeError extends PermanentError {
  constructor(what: string) {
    super(`${what}: DBnomics may have changed its API`, {}, 'DBNOMICS_SHAPE');
  }
}

/** One series of many that could not be had; the others were. */
export class SeriesError extends SluiceError {
  constructor(
    message: string,
    readonly providerCode: string | undefined,
    readonly datasetCode: string | undefined,
    readonly seriesCode: string | undefined,
  ) {
    super('DBNOMICS_SERIES', message);
  }
}
