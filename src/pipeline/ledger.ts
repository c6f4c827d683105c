import {
  concat,
  defer,
  EMPTY,
  ignoreElements,
  type MonoTypeOperatorFunction,
  merge,
  type Observable,
  type SchedulerLike,
  Subject,
  take,
} from 'rxjs';
import { Delivery } from '../core/delivery.ts';
import { type Origin, RootDuty, type Tally } from '../core/duty.ts';
import { RELEASE, type Verdict } from '../core/outcome.ts';
import { feed, operate } from '../internal/operate.ts';

/** How many deliveries ended how; `fail` only where the source does not say what it made of it. */
export type SettledCounts = Readonly<Record<Verdict['kind'], number>>;

/** Deliveries that nobody has settled, by the stage that had them last. */
export interface InHand {
  /** The stage's name; undefined before the first stage. */
  readonly stage: string | undefined;
  readonly count: number;
  /** How long ago the oldest of them entered, in ms. */
  readonly oldestMs: number;
}

/** The books of a run: what entered, what of it is settled, and what not yet. */
export class Ledger implements Tally {
  /** Deliveries that entered. */
  received = 0;
  readonly counts: Record<Verdict['kind'], number> = { ack: 0, release: 0, retry: 0, fail: 0, reject: 0 };
  /** Oldest first, with the time each entered at. */
  private readonly owed = new Map<RootDuty, number>();
  private readonly origins = new Set<Origin>();
  private readonly cleared = new Subject<void>();
  private passing: unknown;

  constructor(private readonly scheduler: SchedulerLike) {}

  /** Puts deliveries on the books as they pass. */
  track(): MonoTypeOperatorFunction<Delivery> {
    return operate((source, subscriber) => {
      feed(source, subscriber, {
        next: (delivery) => {
          const outer = this.passing;
          this.passing = delivery;
          if (delivery.duty instanceof RootDuty) this.enter(delivery.duty);
          else for (const root of delivery.duty.roots) this.enter(root);
          subscriber.next(delivery);
          this.passing = outer;
        },
      });
    });
  }

  /** Watches what passes from one stage to the next. */
  pass<T>(): MonoTypeOperatorFunction<T> {
    return operate((source, subscriber) => {
      feed(source, subscriber, {
        next: (value) => {
          const outer = this.passing;
          this.passing = value;
          subscriber.next(value);
          this.passing = outer;
        },
      });
    });
  }

  /**
   * Fails the delivery that is just passing, if one is: the error came up while a stage took it, so it is the likely
   * cause, and given back uncounted it would cause it for ever. False if there is none.
   */
  blame(error: Error): boolean {
    const { passing } = this;
    this.passing = undefined;
    return passing instanceof Delivery && passing.fail(error);
  }

  /** How many are owed. */
  get size(): number {
    return this.owed.size;
  }

  /** Gives back everything that is owed. */
  release(): void {
    for (const duty of [...this.owed.keys()]) duty.settle(RELEASE);
  }

  /** Tells every source how long what is owed may take yet. */
  drain(withinMs: number): void {
    for (const origin of this.origins) origin.drain?.(withinMs);
  }

  inHand(): readonly InHand[] {
    const byStage = new Map<string | undefined, InHand>();
    const now = this.scheduler.now();
    for (const [{ stage }, since] of this.owed) {
      const { count, oldestMs } = byStage.get(stage) ?? { count: 0, oldestMs: now - since };
      byStage.set(stage, { stage, count: count + 1, oldestMs });
    }
    return [...byStage.values()];
  }

  /** Completes once nothing is owed and every source has told its store; errors if one could not. */
  drained(): Observable<never> {
    const empty = defer(() => (this.owed.size === 0 ? EMPTY : this.cleared.pipe(take(1), ignoreElements())));
    const flushed = defer(() => merge(...[...this.origins].map((origin) => origin.flushed())));
    return concat(empty, flushed);
  }

  /** Forgets the sources of a subscription that is over, once they have told their stores. */
  retire(): void {
    for (const origin of [...this.origins]) {
      const forget = () => this.origins.delete(origin);
      origin.flushed().subscribe({ complete: forget, error: forget });
    }
  }

  settled(duty: RootDuty, { kind }: Verdict): void {
    this.counts[kind] += 1;
    this.owed.delete(duty);
    if (this.owed.size === 0 && this.cleared.observed) this.cleared.next();
  }

  private enter(root: RootDuty): void {
    if (root.settled || this.owed.has(root)) return;
    this.received += 1;
    this.owed.set(root, this.scheduler.now());
    this.origins.add(root.origin);
    root.tally = root.tally === undefined ? this : both(root.tally, this);
  }
}

/** A delivery may run through two pipelines that share a source. */
function both(first: Tally, second: Tally): Tally {
  return {
    settled: (duty, outcome) => {
      first.settled(duty, outcome);
      second.settled(duty, outcome);
    },
  };
}
