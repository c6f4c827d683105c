import { InvalidOptionError } from '../../core/errors.ts';
import { PRIORITIES, perPriority } from '../../core/priority.ts';
import type { EntryRef, StoreRecord, Turn } from '../../core/store.ts';
import { bufferOf } from './bufferOf.ts';
import type { Server } from './server.ts';

/** A shape's number has two bytes; and a command of Redis has at most 1,048,576 arguments. */
const MOST = 65_536;

/** Appends records in one step. */
export async function append(
  server: Server,
  stream: string,
  records: readonly StoreRecord[],
  turn?: Turn,
): Promise<readonly EntryRef[]> {
  if (records.length === 0) return [];
  if (records.length > MOST) throw new InvalidOptionError('records.length', records.length, `at most ${MOST}`);
  const { lanes, largest, turns } = server.keys(stream);
  const keys = [...lanes, largest, turn === undefined ? turns : `${turns}:${turn.sender}`];
  const ids = await server.script<Buffer>(stream, 'append', keys, argumentsOf(records, turn));
  return refsOf(records, ids.toString('latin1'));
}

type Argument = string | number | Buffer;

/** As `scripts/append.lua` takes them. */
function argumentsOf(records: readonly StoreRecord[], turn: Turn | undefined): Argument[] {
  const withMeta = records.some(({ meta }) => meta !== '');
  const shapes = new Shapes(records.length);
  const bodies: Argument[] = [];
  for (const record of records) {
    shapes.add(record);
    bodies.push(typeof record.payload === 'string' ? record.payload : bufferOf(record.payload));
    if (withMeta) bodies.push(record.meta);
  }
  const form = withMeta ? 'meta' : 'plain';
  const place = turn === undefined ? ['', ''] : [turn.number, turn.behind ? turn.number - 1 : ''];
  const head: Argument[] = [shapes.count, shapes.order, form, largest(records), ...place, ...shapes.all];
  return head.concat(bodies);
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

/** Reads ids that are joined by spaces. */
function refsOf(records: readonly StoreRecord[], ids: string): EntryRef[] {
  const refs: EntryRef[] = [];
  let from = 0;
  for (const { priority } of records) {
    const end = ids.indexOf(' ', from);
    refs.push({ priority, id: end < 0 ? ids.slice(from) : ids.slice(from, end) });
    from = end + 1;
  }
  return refs;
}
