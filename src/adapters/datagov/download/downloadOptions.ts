import { checkOptions, type OptionNames } from '../../../core/checkOptions.ts';
import { InvalidOptionError } from '../../../core/errors.ts';
import { checkBetween } from '../searchQuery.ts';
import type { BadRowError } from './downloadErrors.ts';

export type DownloadFormat = 'csv' | 'tsv' | 'json' | 'geojson' | 'ndjson';

/** By column, by property: texts of CSV, whatever JSON has of JSON. */
export type Row = Readonly<Record<string, unknown>>;

/** How far a download is. */
export interface DownloadProgress {
  /** Rows left out, or given out and done with: the next one was asked for. */
  readonly rows: number;
  /** Bytes of the body that were read, decompressed. */
  readonly bytes: number;
}

export interface DownloadOptions {
  /** @default by the distribution's media type, its format, the answer's content type, the name of the file */
  readonly format?: DownloadFormat;
  /** Of text without a byte order mark, as `TextDecoder` names it. @default what the answer says, else 'utf-8' */
  readonly encoding?: string;
  /** Between the fields of CSV, one character. @default ',' (a tab for tsv) */
  readonly delimiter?: string;
  /** The names of the columns of CSV that has no line of them. @default the first line */
  readonly columns?: readonly string[];
  /** The array of rows in JSON, by its path: `'data'`, `'result.records'`. @default the document, or its features, data, … */
  readonly at?: string;
  /** The largest body, decompressed. @default 10_737_418_240 (10 GiB) */
  readonly maxBytes?: number;
  /** The largest row, and whatever stands before the first. @default 16_777_216 (16 MiB) */
  readonly maxRowBytes?: number;
  /**
   * How many rows to leave out: what an earlier download's progress said, less the credit if it was one of deliveries, which
   * may be out and unsettled.
   * @default 0
   */
  readonly skip?: number;
  /** Takes rows that can't be read; the others are given out. Throwing ends the download. @default a warning for each */
  readonly onBadRow?: (error: BadRowError) => void;
  /** Called each 1,000 rows, and at the end. */
  readonly onProgress?: (progress: DownloadProgress) => void;
}

const OPTION_NAMES: OptionNames<DownloadOptions> = {
  format: true,
  encoding: true,
  delimiter: true,
  columns: true,
  at: true,
  maxBytes: true,
  maxRowBytes: true,
  skip: true,
  onBadRow: true,
  onProgress: true,
};

export const DOWNLOAD_FORMATS: readonly DownloadFormat[] = ['csv', 'tsv', 'json', 'geojson', 'ndjson'];

/** @throws {InvalidOptionError} naming the option that is out of its bounds */
export function checkDownload(options: DownloadOptions): void {
  checkOptions('options', options, OPTION_NAMES);
  const { format, encoding, delimiter, columns, maxBytes, maxRowBytes, skip, at } = options;
  if (format !== undefined && !DOWNLOAD_FORMATS.includes(format)) {
    throw new InvalidOptionError('format', format, `one of ${DOWNLOAD_FORMATS.join(', ')}`);
  }
  if (encoding !== undefined && !isEncoding(encoding)) {
    throw new InvalidOptionError('encoding', encoding, 'an encoding that TextDecoder knows');
  }
  if (delimiter !== undefined && (delimiter.length !== 1 || /["\r\n]/.test(delimiter))) {
    throw new InvalidOptionError('delimiter', delimiter, 'one character, no quote and no end of line');
  }
  if (columns !== undefined && (columns.length === 0 || new Set(columns).size < columns.length)) {
    throw new InvalidOptionError('columns', columns, 'names, each once');
  }
  if (at !== undefined && !/^[^.\s]+(\.[^.\s]+)*$/.test(at)) {
    throw new InvalidOptionError('at', at, "a path such as 'result.records'");
  }
  checkBetween('maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER);
  checkBetween('maxRowBytes', maxRowBytes, 1, 1_073_741_824);
  checkBetween('skip', skip, 0, Number.MAX_SAFE_INTEGER);
}

function isEncoding(encoding: string): boolean {
  try {
    return new TextDecoder(encoding).encoding !== '';
  } catch {
    return false;
  }
}
