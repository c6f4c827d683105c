import { PRIORITIES, type Priority, perPriority } from '../../core/priority.ts';
import type { Cursor, Entry, ReadPage, ReadRequest } from '../../core/store.ts';
import { idle, POLL_MS } from './idle.ts';
import { readLanes } from './laneRead.ts';
import { readHands } from './packedEntries.ts';
import { PackedReply } from './packedReply.ts';
import { type Promoted, promote } from './promote.ts';
import type { Server } from './server.ts';
import { startId } from './startId.ts';
import type { Wait, Waits } from './waits.ts';

/** Reads without a group, from a position on; waits for the first entry if there is none. */
export async function readPage(
  server: Server,
  waits: Waits,
  { stream, from, count, waitMs }: ReadRequest,
  signal: AbortSignal,
): Promise<ReadPage> {
  const endMs = performance.now() + waitMs;
  let cursor = cursorOf(from);
  for (;;) {
    const { page, dueMs } = await readNow(server, stream, cursor, count);
    if (page.entries.length > 0 || signal.aborted || count < 1) return page;
    cursor = page.cursor;
    if (dueMs === 0 && (await promote(server, stream).catch(nothing)).count > 0) continue;
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) return page;
    const waiting = { stream, cursor, count, waitMs: Math.min(leftMs, dueMs || POLL_MS, server.settings.blockMs) };
    const waited = await waits.during(NO_GROUP, signal, (wait) => waitFor(server, wait, waiting));
    if (waited.entries.length > 0) return waited;
  }
}

/** What is there can be read though what is due can't be appended, as on a server that has become a replica. */
const nothing = (): Promoted => ({ count: 0, nextMs: Number.POSITIVE_INFINITY });

/** Nothing but its signal and its time ends a read without a group. */
const NO_GROUP = '';

function cursorOf(from: ReadRequest['from']): Cursor {
  return typeof from === 'object' && 'cursor' in from ? from.cursor : perPriority(() => startId(from));
}

/** What there is, and in how many ms something that waits is due. */
interface ReadNow {
  readonly page: ReadPage;
  readonly dueMs: number;
}

async function readNow(server: Server, stream: string, cursor: Cursor, count: number): Promise<ReadNow> {
  const args = [count, ...PRIORITIES.map((priority) => cursor[priority])];
  const { lanes, delayed } = server.keys(stream);
  const reply = new PackedReply(await server.script<Buffer>(stream, 'read', [...lanes, delayed[0]], args));
  reply.array();
  const wait = reply.number();
  reply.array();
  const positions = perPriority(() => reply.ascii());
  const dueMs = wait < 0 ? Number.POSITIVE_INFINITY : wait;
  return { page: { entries: readHands(reply), cursor: positions }, dueMs };
}

interface Waiting {
  readonly stream: string;
  readonly cursor: Cursor;
  readonly count: number;
  readonly waitMs: number;
}

async function waitFor(server: Server, wait: Wait, { stream, cursor, count, waitMs }: Waiting): Promise<ReadPage> {
  const { lanes } = server.keys(stream);
  const loan = server.topology.lend(lanes[0]);
  if (!loan) {
    await idle(wait, Math.min(waitMs, POLL_MS));
    return { entries: [], cursor };
  }
  try {
    const entries = await readLanes(server, loan, wait, {
      command: ['XREAD'],
      lanes: PRIORITIES.map((priority, i) => ({ key: lanes[i] as string, position: cursor[priority], count })),
      waitMs,
      // Nothing was handed out: it is read again.
      lost: () => undefined,
    });
    return pageOf(entries.slice(0, count), cursor);
  } finally {
    loan.giveBack();
  }
}

function pageOf(entries: readonly Entry[], cursor: Cursor): ReadPage {
  const next: Record<Priority, string> = { ...cursor };
  for (const { priority, id } of entries) next[priority] = id;
  return { entries, cursor: next };
}
