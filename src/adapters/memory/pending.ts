import type { Entry } from '../../core/store.ts';

/** Whose hands an entry is in. */
export interface Owner {
  own(pending: Pending): void;
  disown(pending: Pending): void;
}

/**
 * An entry that a group has handed out and owes: in a consumer's hands, or waiting to be handed out again. A record batch
 * that was settled in part is in nobody's: each message still owed is a pending of its own among its parts.
 */
export class Pending {
  /** Hand-outs that count. */
  attempt = 0;
  /** Whose hands it is in; undefined while it waits for its due time. */
  owner: Owner | undefined = undefined;
  dueMs = 0;
  /** The consumers that died with it in their hands; undefined while none did. */
  deaths: readonly string[] | undefined = undefined;
  previous: Pending | undefined = undefined;
  next: Pending | undefined = undefined;
  /** The messages still owed, by their places; undefined while it is owed as a whole. */
  parts: Map<number, Pending> | undefined = undefined;

  constructor(
    readonly entry: Entry,
    readonly index: number,
    /** The record batch that it is a message of. */
    readonly whole?: Pending,
    /** Its place in that. */
    readonly part = 0,
  ) {}

  /** How many messages it is. */
  get size(): number {
    return this.whole === undefined ? (this.entry.count ?? 1) : 1;
  }

  /** Remembers that a consumer died with it. */
  died(consumer: string): void {
    const { deaths = [] } = this;
    if (deaths.length < MOST_DEATHS) this.deaths = [...deaths, consumer];
  }

  /** Owes every message by itself from now on, in the hands and at the attempt that the whole was. */
  divide(): Map<number, Pending> {
    const { owner } = this;
    this.parts = new Map();
    owner?.disown(this);
    for (let place = 0; place < (this.entry.count ?? 1); place += 1) {
      const part = new Pending(this.entry, this.index, this, place);
      part.attempt = this.attempt;
      part.deaths = this.deaths;
      this.parts.set(place, part);
      owner?.own(part);
    }
    return this.parts;
  }
}

const MOST_DEATHS = 100;
