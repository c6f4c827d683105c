import { setTimeout as pause } from 'node:timers/promises';
import { type PerPriority, PRIORITIES, perPriority } from '../../core/priority.ts';
import type { Cursor, Entry, ReadPage, ReadRequest } from '../../core/store.ts';
import { blockedRead } from './blockedRead.ts';
import { readHands } from './packedEntries.ts';
import { PackedReply } from './packedReply.ts';
import type { Server } from './server.ts';
import { startId } from './startId.ts';
import type { Waits } from './waits.ts';

/** Reads without a group, from a position on; waits for the first entry if there is none. */
export async function readPage(
  server: Server,
  waits: Waits,
  { stream, from, count, waitMs }: ReadRequest,
  signal: AbortSignal,
): Promise<ReadPage> {
  const endMs = performance.now() + waitMs;
  const wait = waits.enter(stream);
  const cancel = () => waits.end(wait);
  signal.addEventListener('abort', cancel);
  try {
    let page = await readNow(server, stream, cursorOf(from), count);
    for (;;) {
      const leftMs = endMs - performance.now();
      if (page.entries.length > 0 || leftMs <= 0 || signal.aborted || count < 1) return page;
      const reading = { stream, cursor: page.cursor, count, waitMs: Math.min(leftMs, server.settings.blockMs) };
      page = await waitFor(server, waits, waits.enter(stream), reading);
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    waits.exit(wait);
  }
}

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

function waitFor(server: Server, waits: Waits, waiting: Waiting, signal: AbortSignal): Promise<Entry[]> {
  const { stream, cursor, count, waitMs } = waiting;
  const blockMs = Math.max(1, Math.ceil(waitMs));
  const read = {
    stream,
    group: '',
    waitMs,
    blockMs,
    command: ['XREAD', 'COUNT', count, 'BLOCK', blockMs, 'STREAMS'],
    keys: server.keys(stream).lanes,
    positions: PRIORITIES.map((priority) => cursor[priority]),
    // Nothing was handed out: it is read again.
    lost: () => undefined,
  };
  return blockedRead(server, waits, read, signal);
}

function upTo(entries: readonly Entry[], from: Cursor): ReadPage {
  const cursor: Record<keyof PerPriority<string>, string> = { ...from };
  for (const { priority, id } of entries) cursor[priority] = id;
  return { entries, cursor };
}
