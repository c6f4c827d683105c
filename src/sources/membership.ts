import { concat, EMPTY, interval, type Observable, type SchedulerLike, Subscription, timer } from 'rxjs';
import { toError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';
import type { CreateGroupRequest, Member, StreamStore } from '../core/store.ts';
import { PartitionOwnedError } from '../core/storeErrors.ts';
import { Patience, type ReconnectOptions } from './patience.ts';

export interface MembershipOptions {
  readonly store: StreamStore;
  readonly group: CreateGroupRequest;
  /** A consumer's name, new at each call. */
  readonly consumerName: () => string;
  readonly leaseMs: number;
  /** Whether to keep an order, which takes being the only consumer of the group. @default false */
  readonly ordered?: boolean;
  readonly reconnect?: ReconnectOptions | undefined;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
}

/** What a membership tells its reader. */
export interface MembershipEvents {
  entered(member: Member): void;
  /** It is time to renew: three times a lease. */
  renewing(): void;
  /** The lease was renewed. */
  renewed(): void;
  /** The store refused a renewal. */
  refused(error: Error): void;
  /** Another is the only consumer. */
  owned(): void;
  /** It can't be entered, and waiting won't mend that. */
  failed(error: Error): void;
}

/**
 * A reader's place in its group: makes the group, joins under a new name each time, keeps the lease.
 *
 * | state    | event                      | next     |
 * |----------|----------------------------|----------|
 * | outside  | enter()                    | entering |
 * | entering | group made and joined      | member   |
 * | entering | an error that may pass     | entering, after a backoff |
 * | entering | another is the only one    | outside  |
 * | entering | any other error            | outside  |
 * | member   | enter(): the lease is lost | entering |
 * | any      | leave()                    | outside  |
 */
export class Membership {
  private current: Member | undefined;
  private renewal: Subscription | undefined;
  private entering: Subscription | undefined;
  private readonly patience: Patience;
  private leaseEndMs = 0;
  private wasMember = false;

  constructor(
    private readonly options: MembershipOptions,
    private readonly events: MembershipEvents,
  ) {
    this.patience = new Patience(options.reconnect, options.scheduler);
  }

  /** The consumer as the store knows it now. Enter first. */
  get member(): Member {
    if (!this.current) throw new Error('no member: the group was not entered');
    return this.current;
  }

  /** Whether its lease can't have run out yet: when it was last asked for, the store's began at the earliest. */
  get sure(): boolean {
    return this.options.scheduler.now() < this.leaseEndMs;
  }

  /** Joins under a new name, after a wait; what the old one owed is the store's to hand out again. */
  enter(afterMs = 0): void {
    this.stop();
    if (afterMs === 0) return this.join();
    this.entering = timer(afterMs, this.options.scheduler).subscribe(() => this.join());
  }

  /** Ends the lease: whatever the consumer still owes is handed out again at once. */
  leave(): Observable<void> {
    this.stop();
    return this.current ? this.options.store.leave(this.current) : EMPTY;
  }

  private join(): void {
    const { store, group, leaseMs, consumerName, ordered = false } = this.options;
    const member = { stream: group.stream, group: group.group, consumer: consumerName() };
    this.current = member;
    const askedMs = this.options.scheduler.now();
    const work = concat(store.createGroup(this.groupToMake), store.join(member, leaseMs, { exclusive: ordered }));
    // Set beforehand: of a store that answers at once the place may be lost again before `subscribe` returns.
    const entering = new Subscription();
    this.entering = entering;
    entering.add(
      work.subscribe({
        complete: () => this.entered(member, askedMs),
        error: (cause) => this.again(toError(cause)),
      }),
    );
  }

  /**
   * A group that is gone though it was joined may have missed whatever came since: it begins anew with all there is. After
   * a FLUSHALL that is what came since.
   */
  private get groupToMake(): CreateGroupRequest {
    const { group } = this.options;
    return this.wasMember ? { ...group, start: 'earliest' } : group;
  }

  private entered(member: Member, askedMs: number): void {
    this.patience.mended();
    this.wasMember = true;
    const { leaseMs, scheduler } = this.options;
    this.leaseEndMs = askedMs + leaseMs;
    this.renewal = interval(Math.max(1, Math.floor(leaseMs / 3)), scheduler).subscribe(() => this.renew());
    this.events.entered(member);
  }

  private renew(): void {
    const { store, leaseMs } = this.options;
    const { member } = this;
    this.events.renewing();
    const askedMs = this.options.scheduler.now();
    store.renew(member, leaseMs).subscribe({
      complete: () => member === this.current && this.renewed(askedMs),
      // An answer that comes when it has joined anew is about a name that it has given up.
      error: (cause) => member === this.current && this.events.refused(toError(cause)),
    });
  }

  private renewed(askedMs: number): void {
    this.leaseEndMs = askedMs + this.options.leaseMs;
    this.events.renewed();
  }

  private again(error: Error): void {
    if (error instanceof PartitionOwnedError) return this.events.owned();
    const { notify, group } = this.options;
    const message = `group '${group.group}' can't be joined yet, trying again: ${error.message}`;
    const wait = this.patience.failed(error, () => notify({ level: 'warn', code: 'STORE_RETRY', message, error }));
    this.entering = wait.subscribe({ next: () => this.join(), error: (cause) => this.events.failed(cause) });
  }

  private stop(): void {
    this.renewal?.unsubscribe();
    this.entering?.unsubscribe();
  }
}
