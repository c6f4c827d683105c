import { InvalidOptionError } from '../../core/errors.ts';
import { PRIORITIES } from '../../core/priority.ts';
import type { DelayedRecord, DelayedRef, Durability, ScheduledRef, Turn } from '../../core/store.ts';
import { repeatMsOf } from './append.ts';
import { bufferOf } from './bufferOf.ts';
import { writeDurably } from './durable.ts';
import type { Promoter } from './promoter.ts';
import type { Server } from './server.ts';

/** A record has ten arguments, and a command of Redis has at most 1,048,576. */
const MOST = 65_536;

type Argument = string | number | Buffer;

/** Keeps records until they are due, in one step. */
export async function schedule(
  server: Server,
  promoter: Promoter,
  stream: string,
  records: readonly DelayedRecord[],
  turn?: Turn,
  durability?: Durability,
): Promise<readonly ScheduledRef[]> {
  if (records.length === 0) return [];
  if (records.length > MOST) throw new InvalidOptionError('records.length', records.length, `at most ${MOST}`);
  const { lanes, delayed, turns, once: books } = server.keys(stream);
  const once = records.find((record) => record.once !== undefined)?.once;
  const keys = [...lanes, ...delayed, turn === undefined ? turns : `${turns}:${turn.sender}`, ...books];
  const args: Argument[] = [turn?.number ?? '', turn ? repeatMsOf(turn) : '', once?.forMs ?? '', once?.most ?? ''];
  for (const record of records) args.push(...argumentsOf(record));
  const reply = durability
    ? await writeDurably(server, stream, 'schedule', keys, args, durability)
    : await server.script<Buffer>(stream, 'schedule', keys, args);
  const [wait = '', flags = ''] = reply.toString('latin1').split(' ');
  if (Number(wait) >= 0) promoter.expect(stream, Number(wait));
  return records.map(({ priority, id }, i) =>
    flags[i] === '0' ? { priority, id, duplicate: true } : { priority, id },
  );
}

/** Drops records that wait. Resolves with how many did. */
export function cancel(server: Server, stream: string, delayed: readonly DelayedRef[]): Promise<number> {
  const { delayed: keys, once } = server.keys(stream);
  const args = delayed.flatMap(({ topic, id }) => [topic, id]);
  return server.script<number>(stream, 'cancel', [...keys, once[1], once[2]], args);
}

function argumentsOf(record: DelayedRecord): Argument[] {
  const { priority, topic, id, payload, type, encoding, meta, due, once } = record;
  const body = typeof payload === 'string' ? payload : bufferOf(payload);
  const [from, ms] = 'afterMs' in due ? ['after', due.afterMs] : ['at', due.atMs];
  const tier = PRIORITIES.indexOf(priority) + 1;
  return [tier, topic, id, body, type, encoding, meta, from, Math.max(0, Math.ceil(ms)), once ? 'once' : ''];
}
