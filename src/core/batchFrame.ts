import type { Payload } from './codec.ts';
import { CorruptEntryError } from './errors.ts';
import type { StoreRecord } from './store.ts';

/**
 * What a record batch says of its messages, as JSON in its first line. The rest, its body, is their payloads:
 *
 * - `json`: every payload is JSON text, and the body is one JSON array of them. Lengths are in UTF-16 code units.
 * - `bytes`: one payload after the other. Lengths are in bytes.
 */
export interface BatchHead {
  readonly body: 'json' | 'bytes';
  /** The length of each payload. */
  readonly lengths: readonly number[];
  /** Topic, type and encoding, each combination once. */
  readonly kinds: readonly (readonly [topic: string, type: string, encoding: string])[];
  /** Which of the kinds each message is of; absent where there is but one. */
  readonly kind?: readonly number[];
  /** The meta of each message; absent where none has any. */
  readonly metas?: readonly string[];
}

/** Head and body of a record batch, and the topic of all its messages, empty if they differ. */
export function writeFrame(records: readonly StoreRecord[]): { readonly payload: Payload; readonly topic: string } {
  const kinds: [string, string, string][] = [];
  const known = new Map<string, number>();
  const kind: number[] = [];
  const lengths: number[] = [];
  let isJson = true;
  let hasMeta = false;
  for (const { topic, type, encoding, payload, meta } of records) {
    kind.push(kindOf(topic, type, encoding, kinds, known));
    isJson &&= encoding === 'json' && typeof payload === 'string';
    hasMeta ||= meta !== '';
    lengths.push(payload.length);
  }
  const rest = {
    kinds,
    ...(kinds.length > 1 && { kind }),
    ...(hasMeta && { metas: records.map(({ meta }) => meta) }),
  };
  const [first] = kinds as [[string, string, string]];
  const topic = kinds.every((other) => other[0] === first[0]) ? first[0] : '';
  return { payload: isJson ? jsonFrame(records, { ...rest, lengths }) : bytesFrame(records, rest), topic };
}

/** Mostly one kind follows itself: only what differs from the last is looked up. */
function kindOf(
  topic: string,
  type: string,
  encoding: string,
  kinds: [string, string, string][],
  known: Map<string, number>,
): number {
  const last = kinds.at(-1);
  if (last && last[0] === topic && last[1] === type && last[2] === encoding) return kinds.length - 1;
  const name = JSON.stringify([topic, type, encoding]);
  const place = known.get(name) ?? kinds.push([topic, type, encoding]) - 1;
  known.set(name, place);
  return place;
}

function jsonFrame(records: readonly StoreRecord[], head: Omit<BatchHead, 'body'>): string {
  const body = records.map(({ payload }) => payload).join(',');
  return `${JSON.stringify({ body: 'json', ...head })}\n[${body}]`;
}

function bytesFrame(records: readonly StoreRecord[], rest: Omit<BatchHead, 'body' | 'lengths'>): Uint8Array {
  const payloads = records.map(({ payload }) => (typeof payload === 'string' ? Buffer.from(payload) : payload));
  const lengths = payloads.map(({ byteLength }) => byteLength);
  return Buffer.concat([Buffer.from(`${JSON.stringify({ body: 'bytes', ...rest, lengths })}\n`), ...payloads]);
}

/** A record batch taken apart. */
export interface Frame {
  readonly head: BatchHead;
  readonly body: Payload;
  /** Where each payload begins in the body. */
  readonly offsets: Uint32Array;
}

/**
 * Takes a record batch apart. Nothing is allocated that its own size does not bound.
 *
 * @throws {CorruptEntryError} if it is none, or not of `count` messages
 */
export function readFrame(payload: Payload, count: number): Frame {
  const split = typeof payload === 'string' ? splitText(payload) : splitBytes(payload);
  const head = headOf(split.head);
  const body = head.body === 'json' ? textOf(split.body) : bytesOf(split.body);
  return { head, body, offsets: offsetsOf(head, body, count) };
}

function splitText(text: string): { head: string; body: string } {
  const end = text.indexOf('\n');
  if (end < 0) throw corrupt('it has no head');
  return { head: text.slice(0, end), body: text.slice(end + 1) };
}

function splitBytes(bytes: Uint8Array): { head: string; body: Uint8Array } {
  const end = bytes.indexOf(NEWLINE);
  if (end < 0) throw corrupt('it has no head');
  return { head: textOf(bytes.subarray(0, end)), body: bytes.subarray(end + 1) };
}

const NEWLINE = 10;

function textOf(payload: Payload): string {
  if (typeof payload === 'string') return payload;
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
}

function bytesOf(payload: Payload): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function headOf(text: string): BatchHead {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch (cause) {
    throw corrupt('its head is not JSON', cause);
  }
  if (typeof head !== 'object' || head === null) throw corrupt('its head is no object');
  const { body, lengths, kinds, kind, metas } = head as { [K in keyof BatchHead]?: unknown };
  if (body !== 'json' && body !== 'bytes') throw corrupt(`its body is neither 'json' nor 'bytes'`);
  if (!Array.isArray(lengths)) throw corrupt('it has no lengths');
  const { length: count } = lengths;
  if (!Array.isArray(kinds) || kinds.length === 0 || !kinds.every(isKind)) throw corrupt('its kinds are none');
  if (kind === undefined ? kinds.length !== 1 : !arePlaces(kind, count, kinds.length)) {
    throw corrupt('its messages are of kinds that it lacks');
  }
  if (metas !== undefined && !(Array.isArray(metas) && metas.length === count && metas.every(isText))) {
    throw corrupt('its metas are not one text each');
  }
  return head as BatchHead;
}

function isKind(kind: unknown): boolean {
  return Array.isArray(kind) && kind.length === 3 && kind.every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function arePlaces(kind: unknown, count: number, kinds: number): boolean {
  if (!Array.isArray(kind) || kind.length !== count) return false;
  return kind.every((place) => Number.isInteger(place) && place >= 0 && place < kinds);
}

function offsetsOf({ body: form, lengths }: BatchHead, body: Payload, count: number): Uint32Array {
  if (lengths.length !== count) throw corrupt(`it has ${lengths.length} messages, not ${count}`);
  // A JSON array: a bracket before the first, a comma between two, a bracket after the last.
  const gap = form === 'json' ? 1 : 0;
  const offsets = new Uint32Array(count);
  let at = gap;
  for (let i = 0; i < count; i += 1) {
    const length = lengths[i] as number;
    if (!(Number.isInteger(length) && length >= 0)) throw corrupt('its lengths are no whole numbers from 0');
    offsets[i] = at;
    at += length + gap;
  }
  if (at !== body.length) throw corrupt(`its payloads have ${body.length} in all, not ${at}`);
  return offsets;
}

function corrupt(why: string, cause?: unknown): CorruptEntryError {
  return new CorruptEntryError(`a record batch is damaged: ${why}`, cause === undefined ? {} : { cause });
}
