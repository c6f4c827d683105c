import type { Entry } from '../../core/store.ts';
import type { Connection } from './connection.ts';
import { entriesOf, type StreamReply } from './looseReply.ts';
import type { Server } from './server.ts';
import { isReplyError } from './toStoreError.ts';
import type { Wait, Waits } from './waits.ts';

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

/**
 * Waits on a connection of its own. No entries when time ran out, when it was woken, and when the answer was lost: a
 * blocked read may never settle after a failover.
 *
 * @throws {StoreError} `POOL_EXHAUSTED`
 */
export async function blockedRead(server: Server, waits: Waits, wait: Wait, read: BlockedRead): Promise<Entry[]> {
  const connection = server.connections.lend();
  // The server ends a blocked read up to 100 ms late, since it looks ten times a second.
  const timer = setTimeout(() => waits.end(wait), read.waitMs);
  try {
    await connection.ready();
    if (wait.woken) return [];
    wait.connection = connection;
    return entriesOf(await send(connection, read));
  } finally {
    clearTimeout(timer);
    waits.exit(wait);
    server.connections.giveBack(connection);
  }
}

async function send(connection: Connection, { command, keys, positions, waitMs, lost }: BlockedRead): Promise<StreamReply> {
  const [name, ...options] = command;
  // 0 would be for ever.
  const blockMs = Math.max(1, Math.ceil(waitMs));
  const args = [...options, 'BLOCK', blockMs, 'STREAMS', ...keys, ...positions];
  try {
    return (await connection.run((client) => client.callBuffer(name, args), blockMs + GRACE_MS)) as StreamReply;
  } catch (cause) {
    if (isReplyError(cause)) throw cause;
    lost(connection);
    return null;
  }
}
