import { InvalidOptionError } from '../../core/errors.ts';
import { PRIORITIES } from '../../core/priority.ts';
import type { EntryRef, StoreRecord } from '../../core/store.ts';
import { bufferOf } from './bufferOf.ts';
import type { Server } from './server.ts';

/** A command of Redis has at most 1,048,576 arguments, and a record takes up to seven. */
const MOST = 100_000;

/** Appends records in one step. */
export async function append(
  server: Server,
  stream: string,
  records: readonly StoreRecord[],
): Promise<readonly EntryRef[]> {
  if (records.length === 0) return [];
  if (records.length > MOST) throw new InvalidOptionError('records.length', records.length, `at most ${MOST}`);
  const ids = await server.script<Buffer>(stream, 'append', server.keys(stream).lanes, argumentsOf(records));
  const all = ids.toString('latin1').split(' ');
  return records.map(({ priority }, i) => ({ priority, id: all[i] as string }));
}

/** Runs of one lane: lane, how many, then five a record. */
function argumentsOf(records: readonly StoreRecord[]): (string | number | Buffer)[] {
  const args: (string | number | Buffer)[] = [];
  let lane = '';
  let head = 0;
  for (const { priority, topic, payload, type, encoding, meta } of records) {
    if (priority !== lane) {
      lane = priority;
      head = args.push(PRIORITIES.indexOf(priority) + 1, 0) - 1;
    }
    (args[head] as number) += 1;
    args.push(topic, typeof payload === 'string' ? payload : bufferOf(payload), type, encoding, meta);
  }
  return args;
}
