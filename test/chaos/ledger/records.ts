/** What a process writes into its ledger; `at` is in ms of a clock that all processes of the machine share. */
export type LedgerRecord = Sent | Answered | Begun | Ended | Noted;

/** A producer is about to publish. */
export interface Sent {
  readonly event: 'sent';
  readonly at: number;
  readonly id: string;
  readonly topic: string;
  readonly key?: string;
  /** Its place among the messages of its key. */
  readonly number: number;
}

/** What became of a publish: confirmed, or refused with an error, in which case the message may be there or not. */
export interface Answered {
  readonly event: 'confirmed' | 'refused';
  readonly at: number;
  readonly id: string;
  readonly error?: string;
}

/** A handler begins with a message. */
export interface Begun {
  readonly event: 'begin';
  readonly at: number;
  readonly group: string;
  readonly id: string;
  /** The message's id at the bus: for what was published without one, its place in the store. */
  readonly entry: string;
  readonly attempt: number;
  readonly key?: string;
  readonly number: number;
}

/** A handler has ended, before its message is settled; `dropped` if it heard first that the message is others'. */
export interface Ended {
  readonly event: 'done' | 'failed' | 'dropped';
  readonly at: number;
  readonly group: string;
  readonly id: string;
  readonly attempt: number;
}

/** A notice of the bus, or a step in the process's life: `UP`, `STOPPING`. */
export interface Noted {
  readonly event: 'note';
  readonly at: number;
  readonly code: string;
  readonly message: string;
}

/** A record, and the process that wrote it, such as `keeper-1.3`: the third of that name. */
export type SignedRecord = LedgerRecord & { readonly process: string };
