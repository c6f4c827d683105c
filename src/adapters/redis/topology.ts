import type { Connection, Life } from './connection.ts';
import type { Loan } from './connections.ts';
import type { Part } from './request.ts';
import type { ScriptName } from './scripts.ts';
import type { Reply } from './valueReply.ts';

/**
 * The servers of a store, and which of them has a key. Commands of one stream go out in the order they were sent, as
 * long as its keys stay where they are.
 */
export interface Topology {
  /** Who was asked, for messages. */
  readonly where: string;
  /** Where the server is, for spans. */
  readonly server: { readonly address: string; readonly port: number };
  /** Connects now, whatever came of the last try. */
  open(): Promise<void>;
  close(): void;
  /** Runs a command of a stream on the server that has the key. */
  call(stream: string, key: string, parts: readonly Part[]): Promise<Reply>;
  /** Runs a script of a stream on the server that has the key: the number of its keys, the keys, the arguments. */
  script(stream: string, key: string, name: ScriptName, parts: readonly Part[]): Promise<Reply>;
  /**
   * Runs something on the connection for what must be safe, to the server that has the key.
   * @param run `asking` if the key is on its way to that server
   */
  durably<T>(key: string, run: (life: Life, asking: boolean) => Promise<T>): Promise<T>;
  /** Lends a connection to the server that has the key, if one is left. */
  lend(key: string): Loan | undefined;
  /** The connection of a stream's commands now: an answer that was lost was most likely lost on it. */
  commandsOf(stream: string, key: string): Connection;
  /** Resolves once the server that has the key does nothing more for what a connection lost. */
  over(key: string, connection: Connection): Promise<void>;
  /** Whether the server answered that it has not got the key now; then the next call looks for it. */
  moved(key: string, cause: unknown): boolean;
}
