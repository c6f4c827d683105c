import { PRIORITIES, type Priority } from '../../core/priority.ts';
import type { Entry } from '../../core/store.ts';
import { looseEntry } from './looseEntry.ts';
import { TextCache } from './textCache.ts';
import type { Answer } from './wire.ts';

const NOTHING: Buffer = Buffer.alloc(0);
/** The most fields whose places are kept; an entry with more is none of ours. */
const FIELDS = 5;

/** Topics, types, encodings: they come again and again. */
const texts = new TextCache();

/** Told by the server in place of an answer; as ioredis names it. */
class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/**
 * Reads what XREADGROUP and XREAD answer in RESP2, as it comes: an entry is made as soon as it is whole, so that this
 * goes on while the server still sends. Expects so many answers, one after the other.
 *
 * | state   | what comes                      | next                            |
 * |---------|---------------------------------|---------------------------------|
 * | reply   | `*<streams>`                    | stream, so many times           |
 * | reply   | `*-1`, `-<error>`               | reply, or whole if it was the last |
 * | stream  | `*2`, its key, `*<entries>`     | entry, so many times            |
 * | entry   | `*2`, its id, `*<fields>` and these | entry, stream or reply      |
 *
 * What is cut off is read again from its beginning when more has come.
 */
export class EntriesReply implements Answer {
  readonly entries: Entry[] = [];
  private bytes = NOTHING;
  private at = 0;
  /** Where the last bulk string begins and ends. */
  private from = 0;
  private to = 0;
  /** How many bytes there must be before it is worth reading on. */
  private needed = 0;
  private streams = 0;
  private left = 0;
  private priority: Priority = 'normal';
  private error: ReplyError | undefined;
  private readonly places = new Int32Array(4 * FIELDS);

  constructor(private replies = 1) {}

  take(chunk: Buffer): boolean {
    this.bytes = this.at === this.bytes.length ? chunk : Buffer.concat([this.bytes.subarray(this.at), chunk]);
    this.needed -= this.at;
    this.at = 0;
    if (this.bytes.length < this.needed) return false;
    while (this.replies > 0) {
      const start = this.at;
      if (this.step()) continue;
      this.at = start;
      return false;
    }
    if (this.at < this.bytes.length) throw new RangeError('the server answered more than it was asked');
    // An error would drop what is in hand already; the next call meets it again.
    if (this.error && this.entries.length === 0) throw this.error;
    return true;
  }

  /** Reads the next whole thing; false if it is not there yet. */
  private step(): boolean {
    if (this.left > 0) return this.entry();
    return this.streams > 0 ? this.stream() : this.reply();
  }

  private reply(): boolean {
    if (this.bytes[this.at] === ERROR) return this.failed();
    const streams = this.number(ARRAY);
    if (streams === undefined) return false;
    this.streams = Math.max(0, streams);
    return this.done();
  }

  private failed(): boolean {
    const end = this.bytes.indexOf('\r\n', this.at);
    if (end < 0) return false;
    this.error ??= new ReplyError(this.bytes.toString('utf8', this.at + 1, end));
    this.at = end + 2;
    return this.done();
  }

  private stream(): boolean {
    if (this.number(ARRAY) === undefined || !this.bulk()) return false;
    const key = this.bytes.toString('latin1', this.from, this.to);
    const entries = this.number(ARRAY);
    if (entries === undefined) return false;
    this.priority = key.slice(key.lastIndexOf(':') + 1) as Priority;
    if (!PRIORITIES.includes(this.priority))
      throw new RangeError(`the server answered with a key that is no lane: ${key}`);
    this.left = entries;
    this.streams -= 1;
    return this.done();
  }

  private entry(): boolean {
    if (this.number(ARRAY) === undefined || !this.bulk()) return false;
    const { from, to } = this;
    const fields = this.number(ARRAY);
    if (fields === undefined) return false;
    const entry = fields === 2 * FIELDS ? this.ours(from, to) : this.loose(from, to, fields);
    if (entry === undefined) return false;
    this.entries.push(entry);
    this.left -= 1;
    return this.done();
  }

  private done(): true {
    if (this.left === 0 && this.streams === 0) this.replies -= 1;
    return true;
  }

  /** Five fields: those that Sluice writes, in its order, or any others. Undefined if they are not whole. */
  private ours(from: number, to: number): Entry | undefined {
    const start = this.at;
    const { places, bytes } = this;
    for (let i = 0; i < places.length; i += 2) {
      if (!this.bulk()) return undefined;
      places[i] = this.from;
      places[i + 1] = this.to;
    }
    for (const [i, name] of NAMES.entries()) {
      if (this.isAt(4 * i, name)) continue;
      this.at = start;
      return this.loose(from, to, 2 * FIELDS);
    }
    const encoding = this.familiar(14);
    return {
      priority: this.priority,
      id: bytes.toString('latin1', from, to),
      attempt: 1,
      topic: this.familiar(2),
      // Whoever decodes JSON makes text of it first.
      payload: encoding === 'json' ? this.text(6) : bytes.subarray(places[6], places[7]),
      type: this.familiar(10),
      encoding,
      meta: this.text(18),
    };
  }

  /** Any other fields; undefined if they are not whole. */
  private loose(from: number, to: number, count: number): Entry | undefined {
    const fields: Buffer[] = [];
    for (let i = 0; i < count; i += 1) {
      if (!this.bulk()) return undefined;
      fields.push(this.bytes.subarray(this.from, this.to));
    }
    return looseEntry(this.priority, this.bytes.toString('latin1', from, to), 1, fields);
  }

  private text(place: number): string {
    const from = this.places[place] as number;
    const to = this.places[place + 1] as number;
    return from === to ? '' : this.bytes.toString('utf8', from, to);
  }

  private familiar(place: number): string {
    const from = this.places[place] as number;
    const to = this.places[place + 1] as number;
    return from === to ? '' : texts.get(this.bytes, from, to);
  }

  private isAt(place: number, name: Uint8Array): boolean {
    const from = this.places[place] as number;
    if ((this.places[place + 1] as number) - from !== name.length) return false;
    for (let i = 0; i < name.length; i += 1) if (this.bytes[from + i] !== name[i]) return false;
    return true;
  }

  /** Passes over a bulk string, and notes where it is; false if it is not whole. */
  private bulk(): boolean {
    const length = this.number(BULK);
    if (length === undefined) return false;
    this.from = this.at;
    this.to = this.from + Math.max(0, length);
    if (length >= 0) this.at = this.to + 2;
    if (this.at <= this.bytes.length) return true;
    this.needed = this.at;
    return false;
  }

  /** Reads a line of a sign and a whole number; undefined if it is not whole. */
  private number(sign: number): number | undefined {
    const { bytes } = this;
    let at = this.at;
    if (at >= bytes.length) return undefined;
    if (bytes[at] !== sign)
      throw new RangeError(
        `the server answered ${String.fromCharCode(bytes[at] as number)}… where ${String.fromCharCode(sign)} belongs`,
      );
    const negative = bytes[at + 1] === MINUS;
    if (negative) at += 1;
    let value = 0;
    for (at += 1; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === RETURN) {
        if (at + 1 >= bytes.length) return undefined;
        this.at = at + 2;
        return negative ? -value : value;
      }
      value = value * 10 + byte - DIGIT_0;
    }
    return undefined;
  }
}

const ARRAY = 0x2a;
const BULK = 0x24;
const ERROR = 0x2d;
const MINUS = 0x2d;
const RETURN = 0x0d;
const DIGIT_0 = 0x30;

const NAMES = ['topic', 'payload', 'type', 'encoding', 'meta'].map((name) => new Uint8Array(Buffer.from(name)));
