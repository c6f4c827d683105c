import { type ParsedElementInfo, Tokenizer, TokenParser } from '@streamparser/json';
import { toError } from '../../../core/errors.ts';
import { exactNumber } from '../../http/index.ts';
import { isFields } from '../reading.ts';
import { DownloadFormatError } from './downloadErrors.ts';
import type { Row } from './downloadOptions.ts';
import type { Reading, ReadRow } from './readRow.ts';

export interface JsonReading extends Reading {
  /** The path of the array of rows. */
  readonly at: string | undefined;
}

/** Where rows are looked for when nobody says. */
const USUAL = ['features', 'data', 'results', 'records', 'rows', 'items', 'value'];

/**
 * Rows of a document of JSON, one element of an array after the other: the document itself, or the array at a path, or
 * one of the usual ones (GeoJSON's `features`, Socrata's `data`). Objects are rows as they are; Socrata's arrays get the
 * names of their columns, which stand before them; anything else is `{ value }`.
 *
 * Memory: a row, and what stands between two of them.
 *
 * @throws {DownloadFormatError} if it is no JSON, has no such array, or a row is larger than `maxRowBytes`
 */
export async function* jsonRows(texts: AsyncIterable<string>, reading: JsonReading): AsyncGenerator<ReadRow> {
  const { url, maxRowBytes } = reading;
  const document = new JsonDocument(reading.at);
  let sinceRow = 0;
  for await (const text of texts) {
    sinceRow += text.length;
    for (const row of read(() => document.push(text), url)) {
      sinceRow = 0;
      yield { row };
    }
    if (sinceRow <= maxRowBytes) continue;
    throw new DownloadFormatError(
      `${url} has a row, or something beside the rows, of more than maxRowBytes (${maxRowBytes})`,
      url,
    );
  }
  read(() => document.end(), url);
  if (document.found === undefined) throw new DownloadFormatError(`${url} ${document.missing()}`, url);
}

function read<T>(run: () => T, url: string): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof DownloadFormatError) throw cause;
    throw new DownloadFormatError(`${url} can't be read as JSON: ${toError(cause).message}`, url, cause);
  }
}

/** Keeps numbers that a double can't hold as their text. */
class ExactTokenizer extends Tokenizer {
  protected override parseNumber(text: string): number {
    return exactNumber(text) as number;
  }
}

/** A document of JSON as it comes. */
class JsonDocument {
  /** Where rows were found: `''` is the document itself. */
  found: string | undefined;
  private rows: Row[] = [];
  private columns: readonly string[] | undefined;
  private readonly keys: string[] = [];
  private readonly tokenizer = new ExactTokenizer();
  private readonly parser: TokenParser;

  constructor(private readonly at: string | undefined) {
    const paths = at === undefined ? ['$.*', ...USUAL.map((name) => `$.${name}.*`)] : [`$.${at}`, `$.${at}.*`];
    this.parser = new TokenParser({ paths, keepStack: false });
    this.tokenizer.onToken = (token) => this.parser.write(token);
    this.parser.onValue = (element) => this.take(element);
  }

  push(text: string): readonly Row[] {
    this.rows = [];
    this.tokenizer.write(text);
    return this.rows;
  }

  end(): void {
    if (!this.tokenizer.isEnded) this.tokenizer.end();
  }

  missing(): string {
    if (this.at !== undefined) return `has no array at ${this.at}`;
    const has = this.keys.length > 0 ? `only ${this.keys.slice(0, 10).join(', ')}` : 'nothing';
    return `has no array of rows, ${has}: say where it is with \`at\``;
  }

  private take({ value, key, parent, stack }: ParsedElementInfo): void {
    const path = stack.slice(1).map((level) => level.key);
    if (typeof key === 'number') {
      this.findAt(path.join('.'));
      this.rows.push(this.rowOf(value));
      return;
    }
    if (Array.isArray(parent) || key === undefined) return;
    const whole = [...path, key].join('.');
    if (this.at === undefined && path.length === 0) this.keys.push(key);
    if (key === 'meta' && path.length === 0) this.columns = socrataColumns(value);
    if (Array.isArray(value) && (this.at === whole || (this.at === undefined && USUAL.includes(whole))))
      this.findAt(whole);
  }

  private findAt(path: string): void {
    if (this.found !== undefined && this.found !== path) {
      throw new Error(`there are rows at ${this.found} and at ${path}: say which with \`at\``);
    }
    this.found = path;
  }

  private rowOf(value: unknown): Row {
    if (isFields(value)) return value;
    const { columns } = this;
    if (!Array.isArray(value) || columns?.length !== value.length) return { value };
    return Object.fromEntries(columns.map((name, i) => [name, value[i]]));
  }
}

/** `{ view: { columns: [{ fieldName, name }] } }` of Socrata's `rows.json`. */
function socrataColumns(meta: unknown): readonly string[] | undefined {
  const view = isFields(meta) ? meta['view'] : undefined;
  const columns = isFields(view) ? view['columns'] : undefined;
  if (!Array.isArray(columns)) return undefined;
  const names = columns.map((column) => (isFields(column) ? (column['fieldName'] ?? column['name']) : undefined));
  return names.every((name) => typeof name === 'string') ? names : undefined;
}
