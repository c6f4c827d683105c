import { PRIORITIES, perPriority } from '../../core/priority.ts';
import type { Member } from '../../core/store.ts';
import type { Owner, Pending } from './pending.ts';
import { PendingList } from './pendingList.ts';

/** A member of a group and what is in its hands. */
export class Consumer implements Owner {
  leaseEndMs = 0;
  /** Whether it is the only one of its group. */
  exclusive = false;
  readonly owes = perPriority(() => new PendingList());

  constructor(readonly member: Member) {}

  get pending(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.owes[priority].size, 0);
  }

  /** Puts an entry into its hands, out of anyone else's. */
  own(pending: Pending): void {
    pending.owner?.disown(pending);
    pending.owner = this;
    this.owes[pending.entry.priority].add(pending);
  }

  disown(pending: Pending): void {
    this.owes[pending.entry.priority].remove(pending);
    pending.owner = undefined;
  }
}
