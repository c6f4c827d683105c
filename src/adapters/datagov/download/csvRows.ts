import { type InfoRecord, Parser } from 'csv-parse';
import { BadRowError, DownloadFormatError } from './downloadErrors.ts';
import type { Reading, ReadRow } from './readRow.ts';

export interface CsvReading extends Reading {
  readonly delimiter: string;
  readonly columns: readonly string[] | undefined;
}

/**
 * Rows of CSV (RFC 4180): by column, as text, untrimmed. CRLF, LF and CR end a row, mixed as may be; within quotes they
 * belong to the field. Quotes where none should be stand for themselves; empty lines are left out. A column without a name is `column_3`, a second `a` is `a_2`.
 * Empty fields at the end of a row that has more than the columns are left out; any other row of another length is bad.
 *
 * @throws {DownloadFormatError} if a quote never ends, or a row is larger than `maxRowBytes`
 */
export async function* csvRows(texts: AsyncIterable<string>, reading: CsvReading): AsyncGenerator<ReadRow> {
  const { url } = reading;
  const rows = new CsvRows(reading);
  for await (const text of texts) {
    if (text === '') continue;
    const fault = await rows.push(text);
    yield* rows.taken();
    if (fault) throw unreadable(fault, url, rows.count);
  }
  const fault = await rows.end();
  yield* rows.taken();
  if (fault) throw unreadable(fault, url, rows.count);
}

function unreadable(cause: Error, url: string, count: number): DownloadFormatError {
  return new DownloadFormatError(`${url} can't be read as CSV behind row ${count}: ${cause.message}`, url, cause);
}

/** The parser takes a piece at once; what it made of it before a fault is there all the same. */
class CsvRows {
  count = 0;
  private names: readonly string[] | undefined;
  private rows: ReadRow[] = [];
  private sinceRow = 0;
  private readonly maxRowBytes: number;
  private readonly parser: Parser;

  constructor({ columns, delimiter, maxRowBytes }: CsvReading) {
    this.names = columns;
    this.maxRowBytes = maxRowBytes;
    this.parser = new Parser({
      delimiter,
      max_record_size: maxRowBytes,
      on_record: (record: readonly string[], { lines }: InfoRecord) => this.take(record, lines),
      // Left to itself it takes what ends the first line for what ends them all.
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    });
    // Faults come by the callbacks too.
    this.parser.on('error', () => undefined).resume();
  }

  async push(text: string): Promise<Error | undefined> {
    if (text.trim() !== '') this.sinceRow += text.length;
    const fault = await new Promise<Error | null | undefined>((resolve) => this.parser.write(text, resolve));
    return fault ?? this.tooLong();
  }

  /** The parser measures what fields hold: not those that are empty. */
  private tooLong(): Error | undefined {
    if (this.sinceRow <= this.maxRowBytes) return undefined;
    return new Error(`a row has more than maxRowBytes (${this.maxRowBytes})`);
  }

  end(): Promise<Error | undefined> {
    return new Promise((resolve) =>
      this.parser
        .on('error', resolve)
        .on('end', () => resolve(undefined))
        .end(),
    );
  }

  taken(): readonly ReadRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  private take(record: readonly string[], line: number): null {
    this.sinceRow = 0;
    if (this.names) this.rows.push(rowOf(this.names, record, { row: ++this.count, line }));
    else this.names = named(record);
    return null;
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
  const times = new Map<string, number>();
  for (const [i, field] of record.entries()) {
    const name = field.trim() || `column_${i + 1}`;
    let nth = (times.get(name) ?? 0) + 1;
    while (names.has(numbered(name, nth))) nth += 1;
    times.set(name, nth);
    names.add(numbered(name, nth));
  }
  return [...names];
}

function numbered(name: string, nth: number): string {
  return nth === 1 ? name : `${name}_${nth}`;
}
