import { InvalidOptionError } from '../../core/errors.ts';
import { PRIORITIES, type Priority, perPriority } from '../../core/priority.ts';
import type { AppendedRef, Durability, Once, StoreRecord, Turn } from '../../core/store.ts';
import { bufferOf } from './bufferOf.ts';
import { writeDurably } from './durable.ts';
import type { Server } from './server.ts';

/** A shape's number has two bytes; and a command of Redis has at most 1,048,576 arguments. */
const MOST = 65_536;

/** Appends records in one step. */
export async function append(
  server: Server,
  stream: string,
  records: readonly StoreRecord[],
  turn?: Turn,
  durability?: Durability,
): Promise<readonly AppendedRef[]> {
  if (records.length === 0) return [];
  if (records.length > MOST) throw new InvalidOptionError('records.length', records.length, `at most ${MOST}`);
  const { lanes, largest, turns, once: books } = server.keys(stream);
  const once = records.find((record) => record.once !== undefined)?.once;
  const turnsKey = turn === undefined ? turns : `${turns}:${turn.sender}`;
  const keys = [...lanes, largest, turnsKey, ...(once ? books : [])];
  const args = argumentsOf(records, turn, once);
  const places = durability
    ? await writeDurably(server, stream, 'append', keys, args, durability)
    : await server.script<Buffer>(stream, 'append', keys, args);
  return refsOf(records, places.toString('latin1'));
}

/** How long the turn of a sender that says nothing else is remembered, in ms. */
const REPEAT_MS = 60_000;
/** Thirty days: for longer no turn is remembered. */
const LONGEST_REPEAT_MS = 2_592_000_000;

type Argument = string | number | Buffer;

/** As `scripts/append.lua` takes them. */
function argumentsOf(records: readonly StoreRecord[], turn: Turn | undefined, once: Once | undefined): Argument[] {
  const withMeta = once !== undefined || records.some(({ meta }) => meta !== '');
  const shapes = new Shapes(records.length);
  const bodies: Argument[] = [];
  for (const record of records) {
    shapes.add(record);
    bodies.push(typeof record.payload === 'string' ? record.payload : bufferOf(record.payload));
    if (withMeta) bodies.push(record.meta);
    if (once) bodies.push(record.once ? `=${record.once.id}` : '');
  }
  const form = once ? 'once' : withMeta ? 'meta' : 'plain';
  const window = once ? [once.forMs, once.most] : ['', ''];
  const head: Argument[] = [shapes.count, shapes.order, form, largest(records), ...placeOf(turn), ...window];
  return head.concat(shapes.all, bodies);
}

function placeOf(turn: Turn | undefined): Argument[] {
  return turn === undefined ? ['', '', ''] : [turn.number, turn.after ?? '', repeatMsOf(turn)];
}

/** How long a turn is to be remembered, in ms. */
export function repeatMsOf({ repeatMs = REPEAT_MS }: Turn): number {
  return Math.min(repeatMs, LONGEST_REPEAT_MS);
}

/** How many messages the largest record batch of each lane holds; nothing where there is none. */
function largest(records: readonly StoreRecord[]): string {
  if (!records.some(({ count }) => count !== undefined)) return '';
  const counts = perPriority(() => 1);
  for (const { priority, count = 1 } of records) counts[priority] = Math.max(counts[priority], count);
  return PRIORITIES.map((priority) => counts[priority]).join(' ');
}

/** What records share: lane, topic, type and encoding. Most batches have a few of them, each with many records. */
class Shapes {
  readonly all: Argument[] = [];
  private readonly known = new Map<string, number>();
  private readonly numbers: Buffer;
  private last: StoreRecord | undefined;
  private number = 0;
  private size = 0;

  constructor(records: number) {
    this.numbers = Buffer.allocUnsafe(2 * records);
  }

  get count(): number {
    return this.known.size;
  }

  /** The shape of each record; nothing where there is one only. */
  get order(): Argument {
    return this.count === 1 ? '' : this.numbers;
  }

  add(record: StoreRecord): void {
    if (this.last === undefined || !isAlike(this.last, record)) this.number = this.find(record);
    this.last = record;
    this.size = this.numbers.writeUInt16BE(this.number, this.size);
  }

  private find({ priority, topic, type, encoding }: StoreRecord): number {
    const key = JSON.stringify([priority, topic, type, encoding]);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const number = this.known.size;
    this.known.set(key, number);
    this.all.push(PRIORITIES.indexOf(priority) + 1, topic, type, encoding);
    return number;
  }
}

function isAlike(one: StoreRecord, other: StoreRecord): boolean {
  return (
    one.topic === other.topic &&
    one.priority === other.priority &&
    one.type === other.type &&
    one.encoding === other.encoding
  );
}

/** Reads where records are, as `scripts/append.lua` says it. */
function refsOf(records: readonly StoreRecord[], places: string): AppendedRef[] {
  const refs: AppendedRef[] = [];
  const next = () => (records[refs.length] as StoreRecord).priority;
  for (const place of places.split(' ')) {
    const run = place.indexOf('x');
    if (run > 0) pushRun(refs, place, run, next());
    else refs.push(place.startsWith('=') ? keptBefore(place) : { priority: next(), id: place });
  }
  return refs;
}

/** So many whose sequences follow each other: `<ms>-<first>x<count>`. */
function pushRun(refs: AppendedRef[], place: string, end: number, priority: Priority): void {
  const dash = place.indexOf('-') + 1;
  const ms = place.slice(0, dash);
  const first = Number(place.slice(dash, end));
  const beyond = first + Number(place.slice(end + 1));
  for (let sequence = first; sequence < beyond; sequence += 1) refs.push({ priority, id: ms + sequence });
}

function keptBefore(place: string): AppendedRef {
  return { priority: PRIORITIES[Number(place[1]) - 1] as Priority, id: place.slice(2), duplicate: true };
}
