import type { Entry } from '../../core/store.ts';
import type { Connection } from './connection.ts';
import { entriesOf, type StreamReply } from './looseReply.ts';
import type { Server } from './server.ts';
import { isReplyError } from './toStoreError.ts';
import type { Waits } from './waits.ts';

/** A read that waits on the server. */
export interface BlockedRead {
  readonly stream: string;
  readonly group: string;
  /** How long to wait, in ms. */
  readonly waitMs: number;
  /** What the command says of that, in whole ms. */
  readonly blockMs: number;
  /** The command up to its keys. */
  readonly command: readonly (string | number)[];
  readonly keys: readonly string[];
  readonly positions: readonly string[];
  /** Told of a connection whose answer will never come. */
  lost(connection: Connection): void;
}

/** How much later than asked an answer may come before its connection is given up, in ms. */
const GRACE_MS = 2_000;

/**
 * Waits on a connection of its own; no entries when time ran out, when it was woken or cancelled, and when the answer
 * was lost: a blocked read may never settle after a failover.
 */
export async function blockedRead(
  server: Server,
  waits: Waits,
  read: BlockedRead,
  signal: AbortSignal,
): Promise<Entry[]> {
  const connection = server.connections.lend();
  const wait = waits.enter(read.stream, read.group, connection);
  const cancel = () => waits.end(wait);
  signal.addEventListener('abort', cancel);
  // The server ends a blocked read up to 100 ms late: it looks ten times a second.
  const timer = setTimeout(cancel, read.waitMs);
  try {
    await connection.ready();
    if (signal.aborted) return [];
    return entriesOf(await send(connection, read));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    waits.exit(wait);
    server.connections.giveBack(connection);
  }
}

async function send(connection: Connection, read: BlockedRead): Promise<StreamReply> {
  const [name, ...args] = [...read.command, ...read.keys, ...read.positions];
  try {
    return (await connection.run(
      (client) => client.callBuffer(String(name), args),
      read.blockMs + GRACE_MS,
    )) as StreamReply;
  } catch (cause) {
    if (isReplyError(cause)) throw cause;
    read.lost(connection);
    return null;
  }
}
