import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, type Info, Parser } from 'csv-parse';
import { BadRowError, DownloadFormatError } from './downloadErrors.ts';
import type { Reading, ReadRow } from './readRow.ts';

export interface CsvReading extends Reading {
  readonly delimiter: string;
  readonly columns: readonly string[] | undefined;
}

interface Line {
  readonly record: readonly string[];
  readonly info: Info;
}

/**
 * Rows of CSV (RFC 4180): by column, as text, untrimmed. Line ends within quotes belong to the field; quotes where none
 * should be stand for themselves; empty lines are left out. A column without a name is `column_3`, a second `a` is `a_2`.
 * Empty fields at the end of a row that has more than the columns are left out; any other row of another length is bad.
 *
 * @throws {DownloadFormatError} if a quote never ends, or a row is larger than `maxRowBytes`
 */
export async function* csvRows(texts: AsyncIterable<string>, reading: CsvReading): AsyncGenerator<ReadRow> {
  const { url, maxRowBytes, delimiter } = reading;
  const parser = new Parser({
    delimiter,
    info: true,
    max_record_size: maxRowBytes,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  const fed = pipeline(Readable.from(texts), parser).catch(() => undefined);
  let names = reading.columns;
  let count = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<Line>) {
      if (names) yield rowOf(names, record, { row: ++count, line: info.lines });
      else names = named(record);
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new DownloadFormatError(`${url} can't be read as CSV behind row ${count}: ${cause.message}`, url, cause);
  } finally {
    parser.destroy();
    await fed;
  }
}

function rowOf(
  names: readonly string[],
  record: readonly string[],
  { row, line }: { row: number; line: number },
): ReadRow {
  if (record.length < names.length || record.slice(names.length).some((field) => field !== '')) {
    const message = `row ${row}, line ${line}, has ${record.length} fields where ${names.length} are named`;
    return { bad: new BadRowError(message, row, line) };
  }
  return { row: Object.fromEntries(names.map((name, i) => [name, record[i]])) };
}

function named(record: readonly string[]): readonly string[] {
  const names = new Set<string>();
  for (const [i, field] of record.entries()) {
    const name = field.trim() || `column_${i + 1}`;
    let unique = name;
    for (let n = 2; names.has(unique); n++) unique = `${name}_${n}`;
    names.add(unique);
  }
  return [...names];
}
