import { createHash } from 'node:crypto';
import { EndpointError } from '../endpointError.ts';

/** Items that belong together, and how they follow on those before. */
export interface Paged {
  readonly sequence: number;
  readonly after: string;
  readonly digest: string;
  readonly items: readonly unknown[];
}

/** With what it weighs as JSON. */
export interface WeighedPage extends Paged {
  readonly bytes: number;
}

export interface PageBounds {
  readonly pageItems: number;
  readonly pageBytes: number;
  /** Of all pages together: whoever reads them may be slower than what makes them, and the store keeps what is between. */
  readonly totalBytes: number;
}

/** Gathers items into pages, by number and by size, and chains them. */
export class Pager {
  /** How many pages there were. */
  pages = 0;
  /** How many items. */
  total = 0;
  /** The digest of the last page. */
  after = '';
  private items: unknown[] = [];
  private texts: string[] = [];
  private bytes = 0;

  private totalBytes = 0;

  constructor(private readonly bounds: PageBounds) {}

  /**
   * Takes an item.
   *
   * @throws {EndpointError} `ANSWER_TOO_LARGE`, if the answer has too many bytes altogether
   * @returns the page before it, if there is no room on that for it, or the one that it fills
   */
  add(item: unknown): WeighedPage | undefined {
    const text = JSON.stringify(item, bigints) ?? 'null';
    // Letters for bytes would be too few for what is not ASCII.
    const bytes = Buffer.byteLength(text) + 1;
    const { pageItems, pageBytes, totalBytes } = this.bounds;
    this.totalBytes += bytes;
    if (this.totalBytes > totalBytes) throw tooMuch(totalBytes);
    const page = this.items.length > 0 && this.bytes + bytes > pageBytes ? this.rest() : undefined;
    this.items.push(item);
    this.texts.push(text);
    this.bytes += bytes;
    return page ?? (this.items.length >= pageItems ? this.rest() : undefined);
  }

  /** What is left; undefined if there is nothing. */
  rest(): WeighedPage | undefined {
    if (this.items.length === 0) return undefined;
    const { items, after, bytes } = this;
    const hash = createHash('sha256').update(after);
    for (const text of this.texts) hash.update(text).update('\n');
    const digest = hash.digest('hex').slice(0, 16);
    const page = { sequence: this.pages, after, digest, items, bytes };
    this.pages += 1;
    this.total += items.length;
    this.after = digest;
    this.items = [];
    this.texts = [];
    this.bytes = 0;
    return page;
  }
}

/** A codec may know of integers beyond doubles; their size is wanted here. */
function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

function tooMuch(totalBytes: number): EndpointError {
  const message = `the answer has more than ${totalBytes} bytes: ask for a part of it at a time, or raise the service's totalBytes`;
  return new EndpointError('ANSWER_TOO_LARGE', message, { details: { totalBytes } });
}
