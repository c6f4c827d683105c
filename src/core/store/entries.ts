import type { EntryRef, StoreRecord } from './records.ts';

/** An entry in the hands of a consumer. */
export interface Entry extends StoreRecord, EntryRef {
  /** 1 for the first hand-out; exact. Of a record batch in parts: that of the first of them. */
  readonly attempt: number;
  /** Of a record batch that was settled in part: the messages handed out here. Absent: all of them. */
  readonly parts?: readonly Part[];
  /**
   * The consumers whose lease ran out with it in their hands, first to last, a hundred at the most; of a record batch in
   * parts, those of the message that most died with. Absent: none did.
   */
  readonly deaths?: readonly string[];
  /** Set when the entry lacks what a message needs: what is wrong with it. */
  readonly fault?: string;
}

/** A message of a record batch that is owed by itself. */
export interface Part {
  /** Its place in the record batch, from 0. */
  readonly index: number;
  /** 1 for the first hand-out, the record batch's own included; exact. */
  readonly attempt: number;
}

/** An entry, or one message of a record batch. */
export interface HeldRef extends EntryRef {
  /** The message's place in the record batch; absent for the whole entry. */
  readonly index?: number | undefined;
  /** The attempt it is held at; absent: whichever. */
  readonly attempt?: number | undefined;
}

/** An entry in the hands of a consumer, at this attempt. */
export interface HeldEntry extends EntryRef {
  readonly attempt: number;
}
