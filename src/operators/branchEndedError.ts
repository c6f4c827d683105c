import { SluiceError } from '../core/errors.ts';

/** A delivery for a branch that takes nothing any more: it completed, or unsubscribed, before its source did. */
export class BranchEndedError extends SluiceError {
  constructor(branch: string, messageId: string) {
    super(
      'BRANCH_ENDED',
      `branch ${branch} takes no more deliveries: it completed or unsubscribed before its source did (a take(n) in it does that)`,
      { messageId },
    );
  }
}
