import type { Life } from '../cast/player.ts';
import type { SignedRecord } from '../ledger/records.ts';
import type { FaultReport } from '../world/playFaults.ts';

/** Which messages a group has to handle: those published under a topic. */
export interface GroupRule {
  readonly group: string;
  readonly topic: string;
  /** The topic that it reads, if others publish the messages on. @default `topic` */
  readonly from?: string;
  /** Whether it reads in the order of keys. */
  readonly ordered?: true;
}

/** A message as it was found in the store at the end. */
export interface StoredMessage {
  readonly topic: string;
  readonly id: string;
}

/** A dead letter that was found at the end. */
export interface FoundLetter {
  readonly group: string;
  readonly id: string;
  /** The entry that it was. */
  readonly entry: string;
}

/** What a group had been handed and had not settled when everything had settled down. */
export interface Owed {
  readonly stream: string;
  readonly group: string;
  readonly pending: number;
}

/** All that the checker goes by. */
export interface Evidence {
  readonly records: readonly SignedRecord[];
  readonly lives: readonly Life[];
  readonly faults: readonly FaultReport[];
  readonly groups: readonly GroupRule[];
  readonly stored: readonly StoredMessage[];
  /** The topic of what is published in one step with an ack. */
  readonly atomicTopic: string;
  readonly letters: readonly FoundLetter[];
  readonly owed: readonly Owed[];
  /** What the sink's file holds, and the group that wrote it. */
  readonly written: { readonly group: string; readonly ids: ReadonlySet<string> };
  readonly leaseMs: number;
}
