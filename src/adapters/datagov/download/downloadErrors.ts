import { PermanentError, SluiceError } from '../../../core/errors.ts';

/** A file that is not what it is read as: HTML, a ZIP, JSON without rows, CSV whose quotes never end. */
export class DownloadFormatError extends PermanentError {
  constructor(
    message: string,
    readonly url: string,
    cause?: unknown,
  ) {
    super(message, { cause }, 'DOWNLOAD_FORMAT');
  }
}

/** Bytes that are no text of the encoding that the file is read in. */
export class DownloadEncodingError extends PermanentError {
  constructor(
    message: string,
    readonly url: string,
    cause?: unknown,
  ) {
    super(message, { cause }, 'DOWNLOAD_ENCODING');
  }
}

/** One row of many that can't be read; the others are. */
export class BadRowError extends SluiceError {
  constructor(
    message: string,
    /** From 1, the line of names left out. */
    readonly row: number,
    /** Where the row ends in the file, from 1. Undefined where lines mean nothing. */
    readonly line: number | undefined,
  ) {
    super('DATAGOV_ROW', message);
  }
}
