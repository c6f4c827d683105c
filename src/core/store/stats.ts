import type { PerPriority } from '../priority.ts';

export interface LaneStats {
  readonly length: number;
  readonly firstId?: string;
  readonly lastId?: string;
}

export interface ConsumerStats {
  readonly name: string;
  /** Entries in its hands; of a record batch that was settled in part, each message it still owes. */
  readonly pending: number;
}

export interface GroupStats {
  readonly name: string;
  readonly pattern: string;
  /** Entries handed out and not settled, those waiting for a retry included; of a record batch that was settled in part, each message still owed. */
  readonly pending: number;
  /** Entries that wait for a retry; of a record batch that was settled in part, each message that does. */
  readonly retrying: number;
  /** Entries not handed out yet, a record batch as one; undefined where the server can't tell. A hint. */
  readonly lag?: number;
  /** Members with a lease, in order of name. */
  readonly consumers: readonly ConsumerStats[];
  /** Messages that `trim` removed for its byte bound though the group owed them, since it was made; absent for none. */
  readonly trimmed?: number;
}

export interface StreamStats {
  readonly stream: string;
  readonly lanes: PerPriority<LaneStats>;
  readonly groups: readonly GroupStats[];
  readonly deadLetters: number;
  /** Records that wait to be due; and those that are, until they are appended. */
  readonly delayed: number;
}
