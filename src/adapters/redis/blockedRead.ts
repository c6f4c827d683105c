import { setTimeout as pause } from 'node:timers/promises';
import type { Entry } from '../../core/store.ts';
import type { Connection } from './connection.ts';
import { idle } from './idle.ts';
import { entriesOf, type StreamReply } from './looseReply.ts';
import type { Server } from './server.ts';
import { isReplyError } from './toStoreError.ts';
import type { Wait } from './waits.ts';

/** A read that waits on the server. */
export interface BlockedRead {
  /** XREAD or XREADGROUP, up to BLOCK. */
  readonly command: readonly [string, ...(string | number)[]];
  readonly keys: readonly string[];
  readonly positions: readonly string[];
  /** How long to wait at most, in ms. */
  readonly waitMs: number;
  /** Told of a connection whose answer will never come. */
  lost(connection: Connection): void;
}

/** How much later than asked an answer may come before its connection is given up, in ms. */
const GRACE_MS = 2_000;

/** How often a read looks that has no connection to wait on, in ms. */
const POLL_MS = 100;
const UNBLOCK_TRIES = 50;
const UNBLOCK_AGAIN_MS = 5;

/**
 * Waits on a connection of its own. No entries when time ran out, when it was woken, and when the answer was lost: a
 * blocked read may never settle after a failover. With all connections lent, it looks again soon instead.
 */
export async function blockedRead(server: Server, wait: Wait, read: BlockedRead): Promise<Entry[]> {
  const connection = server.connections.lend();
  if (!connection) {
    await idle(wait, Math.min(read.waitMs, POLL_MS));
    return [];
  }
  let underWay = true;
  const interrupt = () => {
    // Refused or not, the read ends by itself within `blockMs`.
    unblock(server.connections.first, connection, () => underWay).catch(() => undefined);
  };
  // The server ends a blocked read up to 100 ms late, since it looks ten times a second.
  const timer = setTimeout(interrupt, read.waitMs);
  try {
    await connection.ready();
    if (wait.woken) return [];
    wait.interrupt = interrupt;
    return entriesOf(await send(connection, read));
  } finally {
    underWay = false;
    wait.interrupt = undefined;
    clearTimeout(timer);
    server.connections.giveBack(connection);
  }
}

/** Makes a blocked read return. It may still be on its way to the server, where there is nothing to unblock yet. */
async function unblock(commands: Connection, { id }: Connection, isUnderWay: () => boolean): Promise<void> {
  if (id === undefined) return;
  for (let tries = 0; tries < UNBLOCK_TRIES && isUnderWay(); tries += 1) {
    const ended = await commands.run((client) => client.client('UNBLOCK', id));
    if (ended === 1) return;
    await pause(UNBLOCK_AGAIN_MS);
  }
}

async function send(
  connection: Connection,
  { command, keys, positions, waitMs, lost }: BlockedRead,
): Promise<StreamReply> {
  const [name, ...options] = command;
  // 0 would be for ever.
  const blockMs = Math.max(1, Math.ceil(waitMs));
  const args = [...options, 'BLOCK', blockMs, 'STREAMS', ...keys, ...positions];
  try {
    return (await connection.run((client) => client.callBuffer(name, args), blockMs + GRACE_MS)) as StreamReply;
  } catch (cause) {
    // The stream went while it was waited for: looking again finds out what that means.
    if (isReplyError(cause) && String(cause).includes('UNBLOCKED')) return null;
    if (isReplyError(cause)) throw cause;
    lost(connection);
    return null;
  }
}
