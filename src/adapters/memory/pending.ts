import type { Entry } from '../../core/store.ts';
import type { Consumer } from './consumer.ts';

/** An entry that a group has handed out and owes: in a consumer's hands, or waiting to be handed out again. */
export class Pending {
  /** Hand-outs that count. */
  attempt = 0;
  /** Whose hands it is in; undefined while it waits for its due time. */
  owner: Consumer | undefined = undefined;
  dueMs = 0;
  previous: Pending | undefined = undefined;
  next: Pending | undefined = undefined;

  constructor(
    readonly entry: Entry,
    readonly index: number,
  ) {}
}
