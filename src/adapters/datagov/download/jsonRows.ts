import { type ParsedElementInfo, Tokenizer, TokenParser, TokenType } from '@streamparser/json';
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

/** Each level takes far more memory than the bracket that opens it. */
const DEEPEST = 1_000;

/** Where rows are looked for when nobody says. */
const USUAL = ['features', 'data', 'results', 'records', 'rows', 'items', 'value'];

/**
 * Rows of a document of JSON, one element of an array after the other: the document itself, or the array at a path, or
 * one of the usual ones (GeoJSON's `features`, Socrata's `data`). Objects are rows as they are; Socrata's arrays get the
 * names of their columns, which stand before them; anything else is `{ value }`.
 *
 * Memory: a row, and what stands between two of them.
 *
 * @throws {DownloadFormatError} if it is no JSON, has no such array, a row is larger than `maxRowBytes`, or it is nested
 * deeper than 1,000 levels
 */
export async function* jsonRows(texts: AsyncIterable<string>, reading: JsonReading): AsyncGenerator<ReadRow> {
  const { url, maxRowBytes } = reading;
  const document = new JsonDocument(reading.at);
  let sinceRow = 0;
  for await (const text of texts) {
    sinceRow += text.length;
    const fault = faultOf(() => document.push(text));
    for (const row of document.taken()) {
      sinceRow = 0;
      yield { row };
    }
    if (fault) throw unreadable(fault, url);
    if (sinceRow <= maxRowBytes) continue;
    const message = `${url} has a row, or something beside the rows, of more than maxRowBytes (${maxRowBytes})`;
    throw new DownloadFormatError(message, url);
  }
  const fault = faultOf(() => document.end());
  if (fault) throw unreadable(fault, url);
  if (document.found === undefined) throw new DownloadFormatError(`${url} ${document.missing()}`, url);
}

function faultOf(run: () => void): Error | undefined {
  try {
    run();
    return undefined;
  } catch (cause) {
    return toError(cause);
  }
}

function unreadable(cause: Error, url: string): DownloadFormatError {
  return new DownloadFormatError(`${url} can't be read as JSON: ${cause.message}`, url, cause);
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
  private depth = 0;
  private readonly keys: string[] = [];
  private readonly tokenizer = new ExactTokenizer();
  private readonly parser: TokenParser;

  constructor(private readonly at: string | undefined) {
    const usual = ['$', '$.*', ...USUAL.map((name) => `$.${name}.*`)];
    const paths = at === undefined ? usual : ['$.meta', `$.${at}`, `$.${at}.*`];
    this.parser = new TokenParser({ paths, keepStack: false });
    this.tokenizer.onToken = (token) => {
      this.measure(token.token);
      this.parser.write(token);
    };
    this.parser.onValue = (element) => this.take(element);
    this.parser.onError = (fault) => this.tokenizer.error(fault);
    this.tokenizer.onEnd = () => {
      if (!this.parser.isEnded) this.parser.end();
    };
  }

  push(text: string): void {
    this.tokenizer.write(text);
  }

  taken(): readonly Row[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  end(): void {
    this.tokenizer.end();
  }

  missing(): string {
    if (this.at !== undefined) return `has no array at ${this.at}`;
    const has = this.keys.length > 0 ? `only ${this.keys.join(', ')}` : 'nothing';
    return `has no array of rows, ${has}: say where it is with \`at\``;
  }

  private measure(token: TokenType): void {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) this.depth += 1;
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) this.depth -= 1;
    if (this.depth > DEEPEST) throw new Error(`it is nested deeper than ${DEEPEST} levels`);
  }

  private take({ value, key, parent, stack }: ParsedElementInfo): void {
    // What is to be told later as a whole keeps all that is told of it before: rows would pile up in their array.
    if (Array.isArray(parent)) parent.length = 0;
    else if (parent && key !== undefined) delete parent[key];
    const path = stack.slice(1).map((level) => level.key);
    if (typeof key === 'number') {
      this.findAt(path.join('.'));
      this.rows.push(this.rowOf(value));
      return;
    }
    if (key === undefined) {
      if (Array.isArray(value)) this.findAt('');
      return;
    }
    const whole = [...path, key].join('.');
    if (this.at === undefined && path.length === 0 && this.keys.length < 10) this.keys.push(key);
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
