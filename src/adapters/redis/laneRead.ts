import { setTimeout as pause } from 'node:timers/promises';
import type { Entry } from '../../core/store.ts';
import type { Connection } from './connection.ts';
import type { Loan } from './connections.ts';
import { EntriesReply } from './entriesReply.ts';
import { idle, POLL_MS } from './idle.ts';
import { type Request, requestOf } from './request.ts';
import type { Server } from './server.ts';
import { isReadOnly, isReplyError } from './toStoreError.ts';
import type { Wait } from './waits.ts';

/** One lane to read. */
export interface LanePlace {
  readonly key: string;
  /** The id after which to read; `>` for what the group has not handed out. */
  readonly position: string;
  /** The most entries, at least 1. */
  readonly count: number;
}

/** A read of the server's own, XREAD or XREADGROUP, on a connection lent for it. */
export interface LaneRead {
  /** Up to COUNT. */
  readonly command: readonly string[];
  readonly lanes: readonly LanePlace[];
  /** How long to wait for the first entry, in ms; 0 to look only. */
  readonly waitMs: number;
  /** Told of a connection whose answer will never come. */
  lost(connection: Connection): void;
}

/** How much later than asked an answer may come before its connection is given up, in ms. */
const GRACE_MS = 2_000;
const UNBLOCK_TRIES = 50;
const UNBLOCK_AGAIN_MS = 5;

/**
 * Reads lanes. No entries when time ran out, when it was woken, when the lanes are moving to another server, and when the
 * answer of a read that waited was lost: such a read may never settle after a failover.
 */
export async function readLanes(server: Server, loan: Loan, wait: Wait, read: LaneRead): Promise<readonly Entry[]> {
  try {
    return await readOnce(loan, wait, read);
  } catch (cause) {
    if (!server.topology.moved(read.lanes[0]?.key ?? '', cause)) throw cause;
    // Whoever looks next finds where they are now; not at once, since they may be on their way.
    if (read.waitMs > 0) await idle(wait, Math.min(read.waitMs, POLL_MS));
    return [];
  }
}

async function readOnce(loan: Loan, wait: Wait, read: LaneRead): Promise<readonly Entry[]> {
  const { connection } = loan;
  await connection.ready();
  if (read.waitMs <= 0) return look(connection, read);
  // A command has one COUNT for all its lanes: where they differ much, it takes one a lane, which can't wait.
  const entries = isEven(read.lanes) || wait.woken ? [] : await look(connection, read);
  return entries.length > 0 || wait.woken ? entries : waitFor(loan, wait, read);
}

function isEven(lanes: readonly LanePlace[]): boolean {
  return most(lanes) <= 2 * least(lanes);
}

function least(lanes: readonly LanePlace[]): number {
  return Math.min(...lanes.map(({ count }) => count));
}

function most(lanes: readonly LanePlace[]): number {
  return Math.max(...lanes.map(({ count }) => count));
}

async function look(connection: Connection, read: LaneRead): Promise<readonly Entry[]> {
  const requests = read.lanes.map(({ key, position, count }) =>
    requestOf([...read.command, 'COUNT', count, 'STREAMS', key, position]),
  );
  return ask(connection, read, requests, 0);
}

async function waitFor({ connection, commands }: Loan, wait: Wait, read: LaneRead): Promise<readonly Entry[]> {
  const { command, lanes, waitMs } = read;
  let underWay = true;
  const interrupt = () => {
    // Refused or not, the read ends by itself within `blockMs`.
    unblock(commands, connection, () => underWay).catch(() => undefined);
  };
  // The server ends a blocked read up to 100 ms late, since it looks ten times a second.
  const timer = setTimeout(interrupt, waitMs);
  wait.interrupt = interrupt;
  // 0 would be for ever.
  const blockMs = Math.max(1, Math.ceil(waitMs));
  const keys = lanes.map(({ key }) => key);
  const positions = lanes.map(({ position }) => position);
  const parts = [...command, 'COUNT', least(lanes), 'BLOCK', blockMs, 'STREAMS', ...keys, ...positions];
  try {
    return await ask(connection, read, [requestOf(parts)], blockMs);
  } finally {
    underWay = false;
    wait.interrupt = undefined;
    clearTimeout(timer);
  }
}

/** Makes a blocked read return. It may still be on its way to the server, where there is nothing to unblock yet. */
async function unblock(commands: Connection, { id }: Connection, isUnderWay: () => boolean): Promise<void> {
  if (id === undefined) return;
  for (let tries = 0; tries < UNBLOCK_TRIES && isUnderWay(); tries += 1) {
    if ((await commands.call('CLIENT', 'UNBLOCK', id)) === 1) return;
    await pause(UNBLOCK_AGAIN_MS);
  }
}

async function ask(
  connection: Connection,
  { lost }: LaneRead,
  requests: readonly Request[],
  blockMs: number,
): Promise<readonly Entry[]> {
  const reply = new EntriesReply(requests.length);
  try {
    await connection.ask(requests, reply, blockMs + GRACE_MS);
    return reply.entries;
  } catch (cause) {
    // The stream went while it was waited for: looking again finds out what that means.
    if (isReplyError(cause) && String(cause).includes('UNBLOCKED')) return [];
    if (isReadOnly(cause)) connection.abandon();
    if (isReplyError(cause)) throw cause;
    lost(connection);
    return [];
  }
}
