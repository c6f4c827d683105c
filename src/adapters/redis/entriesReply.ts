import { countOf } from '../../core/batchEncoding.ts';
import { PRIORITIES, type Priority } from '../../core/priority.ts';
import type { Entry } from '../../core/store.ts';
import { looseEntry } from './looseEntry.ts';
import { ARRAY, ERROR, type ReplyBytes } from './replyBytes.ts';
import { ReplyError } from './replyError.ts';
import { TextCache } from './textCache.ts';
import type { Answer } from './wire.ts';

/** The most fields whose places are kept; an entry with more is none of ours. */
const FIELDS = 5;

/** Topics, types, encodings: they come again and again. */
const texts = new TextCache();

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
  private readonly found: Entry[] = [];
  private streams = 0;
  private left = 0;
  private priority: Priority = 'normal';
  private error: ReplyError | undefined;
  private readonly places = new Int32Array(4 * FIELDS);

  constructor(private replies = 1) {}

  /**
   * The entries, once the answer is complete.
   *
   * @throws {ReplyError} if it is an error and nothing else: an error would drop what is in hand already
   */
  get entries(): readonly Entry[] {
    if (this.error && this.found.length === 0) throw this.error;
    return this.found;
  }

  take(reply: ReplyBytes): boolean {
    while (this.replies > 0) {
      const start = reply.at;
      if (this.step(reply)) continue;
      reply.at = start;
      return false;
    }
    return true;
  }

  /** Reads the next whole thing; false if it is not there yet. */
  private step(reply: ReplyBytes): boolean {
    if (this.left > 0) return this.entry(reply);
    return this.streams > 0 ? this.stream(reply) : this.reply(reply);
  }

  private reply(reply: ReplyBytes): boolean {
    if (reply.sign === ERROR) return this.failed(reply);
    const streams = reply.number(ARRAY);
    if (streams === undefined) return false;
    this.streams = Math.max(0, streams);
    return this.done();
  }

  private failed(reply: ReplyBytes): boolean {
    const text = reply.line();
    if (text === undefined) return false;
    this.error ??= new ReplyError(text);
    return this.done();
  }

  private stream(reply: ReplyBytes): boolean {
    if (reply.number(ARRAY) === undefined || reply.bulk() === undefined) return false;
    const key = reply.bytes.toString('latin1', reply.from, reply.to);
    const entries = reply.number(ARRAY);
    if (entries === undefined) return false;
    this.priority = key.slice(key.lastIndexOf(':') + 1) as Priority;
    if (!PRIORITIES.includes(this.priority))
      throw new RangeError(`the server answered with '${key}', which is no lane`);
    this.left = entries;
    this.streams -= 1;
    return this.done();
  }

  private entry(reply: ReplyBytes): boolean {
    if (reply.number(ARRAY) === undefined || reply.bulk() === undefined) return false;
    const { from, to } = reply;
    const fields = reply.number(ARRAY);
    if (fields === undefined) return false;
    const entry = fields === 2 * FIELDS ? this.ours(reply, from, to) : this.loose(reply, from, to, fields);
    if (entry === undefined) return false;
    this.found.push(entry);
    this.left -= 1;
    return this.done();
  }

  private done(): true {
    if (this.left === 0 && this.streams === 0) this.replies -= 1;
    return true;
  }

  /** Five fields: those that Sluice writes, in its order, or any others. Undefined if they are not whole. */
  private ours(reply: ReplyBytes, from: number, to: number): Entry | undefined {
    const start = reply.at;
    const { places } = this;
    for (let i = 0; i < places.length; i += 2) {
      if (reply.bulk() === undefined) return undefined;
      places[i] = reply.from;
      places[i + 1] = reply.to;
    }
    const { bytes } = reply;
    for (let i = 0; i < FIELDS; i += 1) {
      if (this.isAt(bytes, 4 * i, NAMES[i] as Uint8Array)) continue;
      reply.at = start;
      return this.loose(reply, from, to, 2 * FIELDS);
    }
    const encoding = this.familiar(bytes, 14);
    const entry = {
      priority: this.priority,
      id: bytes.toString('latin1', from, to),
      attempt: 1,
      topic: this.familiar(bytes, 2),
      // Whoever decodes JSON makes text of it first.
      payload: encoding === 'json' ? this.text(bytes, 6) : bytes.subarray(places[6], places[7]),
      type: this.familiar(bytes, 10),
      encoding,
      meta: this.text(bytes, 18),
    };
    const count = countOf(encoding, entry.meta);
    return count === undefined ? entry : { ...entry, count };
  }

  /** Any other fields; undefined if they are not whole. */
  private loose(reply: ReplyBytes, from: number, to: number, count: number): Entry | undefined {
    const fields: Buffer[] = [];
    for (let i = 0; i < count; i += 1) {
      if (reply.bulk() === undefined) return undefined;
      fields.push(reply.bytes.subarray(reply.from, reply.to));
    }
    return looseEntry(this.priority, reply.bytes.toString('latin1', from, to), 1, fields);
  }

  private text(bytes: Buffer, place: number): string {
    const from = this.places[place] as number;
    const to = this.places[place + 1] as number;
    return from === to ? '' : bytes.toString('utf8', from, to);
  }

  private familiar(bytes: Buffer, place: number): string {
    const from = this.places[place] as number;
    const to = this.places[place + 1] as number;
    return from === to ? '' : texts.get(bytes, from, to);
  }

  private isAt(bytes: Buffer, place: number, name: Uint8Array): boolean {
    const from = this.places[place] as number;
    if ((this.places[place + 1] as number) - from !== name.length) return false;
    for (let i = 0; i < name.length; i += 1) if (bytes[from + i] !== name[i]) return false;
    return true;
  }
}

const NAMES = ['topic', 'payload', 'type', 'encoding', 'meta'].map((name) => new Uint8Array(Buffer.from(name)));
