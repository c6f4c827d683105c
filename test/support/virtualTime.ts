import { expect } from 'chai';
import type { SchedulerAction, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

/** What RxJS 7.8 says when a timer's turn comes and another that was due at the same time has cleared it. */
const NOTHING_DUE = 'Expected a due immediate or interval';

/**
 * A `TestScheduler` in which timers that are due at one time may clear each other, as they may in Node: RxJS 7.8's takes
 * the turn of a timer that is gone for a mistake of its own.
 */
export class VirtualTime extends TestScheduler {
  constructor() {
    super((actual, expected) => void expect(actual).to.deep.equal(expected));
  }

  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
    return super.schedule(
      function (this: SchedulerAction<T>, given?: T) {
        try {
          work.call(this, given);
        } catch (error) {
          if (!(error instanceof Error && error.message === NOTHING_DUE)) throw error;
        }
      },
      delay,
      state,
    );
  }
}
