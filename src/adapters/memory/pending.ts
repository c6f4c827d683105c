import type { Entry } from '../../core/store.ts';

/** Whose hands an entry is in. */
export interface Owner {
  disown(pending: Pending): void;
}

/** An entry that a group has handed out and owes: in a consumer's hands, or waiting to be handed out again. */
export class Pending {
  /** Hand-outs that count. */
  attempt = 0;
  /** Whose hands it is in; undefined while it waits for its due time. */
  owner: Owner | undefined = undefined;
  dueMs = 0;
  previous: Pending | undefined = undefined;
  next: Pending | undefined = undefined;

  constructor(
    readonly entry: Entry,
    readonly index: number,
  ) {}
}
