import { PRIORITIES, type Priority, perPriority } from '../../core/priority.ts';
import type { Cursor, ReadPage, ReadRequest } from '../../core/store.ts';
import { blockedRead } from './blockedRead.ts';
import { readHands } from './packedEntries.ts';
import { PackedReply } from './packedReply.ts';
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
    const page = await readNow(server, stream, cursor, count);
    const leftMs = endMs - performance.now();
    if (page.entries.length > 0 || leftMs <= 0 || signal.aborted || count < 1) return page;
    cursor = page.cursor;
    const waiting = { stream, cursor, count, waitMs: Math.min(leftMs, server.settings.blockMs) };
    const waited = await waits.during(NO_GROUP, signal, (wait) => waitFor(server, wait, waiting));
    if (waited.entries.length > 0) return waited;
  }
}

/** Nothing but its signal and its time ends a read without a group. */
const NO_GROUP = '';

function cursorOf(from: ReadRequest['from']): Cursor {
  return typeof from === 'object' && 'cursor' in from ? from.cursor : perPriority(() => startId(from));
}

async function readNow(server: Server, stream: string, cursor: Cursor, count: number): Promise<ReadPage> {
  const args = [count, ...PRIORITIES.map((priority) => cursor[priority])];
  const reply = new PackedReply(await server.script<Buffer>(stream, 'read', server.keys(stream).lanes, args));
  reply.array();
  reply.array();
  const positions = perPriority(() => reply.ascii());
  return { entries: readHands(reply), cursor: positions };
}

interface Waiting {
  readonly stream: string;
  readonly cursor: Cursor;
  readonly count: number;
  readonly waitMs: number;
}

async function waitFor(server: Server, wait: Wait, waiting: Waiting): Promise<ReadPage> {
  const { stream, cursor, count, waitMs } = waiting;
  const entries = await blockedRead(server, wait, {
    command: ['XREAD', 'COUNT', count],
    keys: server.keys(stream).lanes,
    positions: PRIORITIES.map((priority) => cursor[priority]),
    waitMs,
    // Nothing was handed out: it is read again.
    lost: () => undefined,
  });
  const page = entries.slice(0, count);
  const next: Record<Priority, string> = { ...cursor };
  for (const { priority, id } of page) next[priority] = id;
  return { entries: page, cursor: next };
}
