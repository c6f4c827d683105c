import type { Observable } from 'rxjs';
import { ACK, type Outcome, type Verdict, worse } from './outcome.ts';
import type { StoreRecord } from './store.ts';

/**
 * The duty to settle: what a delivery, and everything derived from it, owes its source.
 *
 * | state   | event                | next    | effect                                        |
 * |---------|----------------------|---------|-----------------------------------------------|
 * | open    | settle(verdict)      | settled | told once: the source, the parent, the members |
 * | open    | an ancestor settles  | settled | none: the ancestor spoke for it               |
 * | settled | anything             | settled | none: the first verdict won                   |
 *
 * A tree: the root belongs to a source; `split` makes shares, `batch` joins duties under one.
 */
export abstract class Duty {
  private said: Verdict | undefined;
  // Absent until someone watches: a delivery that nobody traces pays for a branch.
  private watchers: DutyWatcher[] | undefined;

  /** The duties that settle with this one: the root itself, or every root behind a batch, each once. */
  abstract readonly roots: readonly RootDuty[];

  /** The verdict spoken at this node, if any. */
  get verdict(): Verdict | undefined {
    return this.said;
  }

  /** Whether the duty has ended, here or at an ancestor. */
  get settled(): boolean {
    return this.said !== undefined;
  }

  /** Ends the duty. The first verdict wins: false if it had ended before. */
  settle(verdict: Verdict): boolean {
    if (this.settled) return false;
    this.said = verdict;
    if (this.watchers !== undefined) for (const watcher of this.watchers) watcher.settled(verdict);
    this.pass(verdict);
    return true;
  }

  /**
   * Tells the watcher when the duty ends, before its source is told; not if it has ended already. A watcher of a share
   * may be told twice, by the share and by what it was split from.
   */
  watch(watcher: DutyWatcher): void {
    if (this.watchers === undefined) this.watchers = [watcher];
    else this.watchers.push(watcher);
  }

  /** Shares the duty out: it settles when every share has, with the worst verdict. None at all is an ack. */
  split(count: number): readonly Duty[] {
    if (count === 0) this.settle(ACK);
    const shares = new Shares(this, count);
    return Array.from({ length: count }, () => new ShareDuty(shares));
  }

  /** The duties this one was derived from, nearest first: how a stage finds its span again. */
  abstract readonly origins: readonly Duty[];

  /** Hands the verdict to whoever waits for it. */
  protected abstract pass(verdict: Verdict): void;
}

/** Waits for the end of a duty. */
export interface DutyWatcher {
  /** Must not throw. */
  settled(verdict: Verdict): void;
}

/** Keeps deliveries back until more have come: an open batch. */
export interface Holder {
  /** Nothing more can come until something that is kept back settles: pass it on now. */
  exhausted(): void;
}

/** Told what is kept back: a source, or a gate behind it that lets only so many deliveries through at once. */
export interface Keeper {
  /**
   * Told that a holder keeps this duty's delivery back. Once all that may be out is kept back, nothing more can come:
   * then it calls `exhausted` on every holder, even within this call. A source without credit leaves both out.
   */
  hold?(duty: RootDuty, holder: Holder): void;
  /** Told, once a `hold`, that the delivery is kept back no longer; of no consequence if it has settled. */
  letGo?(duty: RootDuty): void;
}

/** A partition of a store, by its name: where a source's deliveries are, and where their acks may append. */
export interface Place {
  readonly store: object;
  readonly stream: string;
}

/** What a source is to the duties it gave out. */
export interface Origin extends Keeper {
  /** The source's name: its pattern or file. */
  readonly name: string;
  /** Takes the one verdict of a duty and frees its credit; may return what it made of the verdict. Must not throw. */
  settle(duty: RootDuty, verdict: Verdict): Outcome | void;
  /**
   * Completes, without a value, once the store knows every verdict given so far, and if nothing more can come, that the
   * source has gone; errors if something could not be told.
   */
  flushed(): Observable<never>;
  /** Told how long what is out may take to settle once reading has ended, in ms. One without a deadline leaves it out. */
  drain?(withinMs: number): void;
  /** Where an ack of it may append in the same step. A source that can't do that leaves it out. */
  readonly place?: Place;
  /** How many deliveries like this duty's it may have out at once. A source without credit leaves it out. */
  creditFor?(duty: RootDuty): number;
}

/** Counts the duties that have ended. */
export interface Tally {
  /** @param outcome what the source made of the verdict, if it said */
  settled(duty: RootDuty, outcome: Verdict): void;
}

/** The duty of a delivery as the source gave it out. */
export class RootDuty extends Duty {
  readonly origins: readonly Duty[] = NONE;
  /** The stage that had it last, by name. */
  stage: string | undefined = undefined;

  /** What is to be appended in the step that acks it, where its origin says; dropped with any other outcome. */
  outputs: StoreRecord[] | undefined = undefined;

  /** Counts it, for a pipeline that runs. */
  tally: Tally | undefined = undefined;
  private gates: readonly Keeper[] = NO_KEEPERS;

  constructor(readonly origin: Origin) {
    super();
  }

  get roots(): readonly RootDuty[] {
    return [this];
  }

  /** Who is to be told where its delivery is kept back: its source, and the gates it has passed. */
  get keepers(): readonly Keeper[] {
    return [this.origin, ...this.gates];
  }

  /** Says that its delivery has passed a gate. */
  passed(gate: Keeper): void {
    this.gates = [...this.gates, gate];
  }

  protected pass(verdict: Verdict): void {
    const outcome = this.origin.settle(this, verdict);
    // After the source: who waits for the last settlement must find the source told of it.
    if (this.tally !== undefined) this.tally.settled(this, outcome ?? verdict);
  }
}

/** The shares of one parent: counts them in and keeps the worst verdict. */
class Shares {
  private worst: Verdict = ACK;

  constructor(
    readonly parent: Duty,
    private open: number,
  ) {}

  settled(verdict: Verdict): void {
    this.worst = worse(this.worst, verdict);
    this.open -= 1;
    if (this.open === 0) this.parent.settle(this.worst);
  }
}

class ShareDuty extends Duty {
  constructor(private readonly shares: Shares) {
    super();
  }

  override get settled(): boolean {
    return super.settled || this.shares.parent.settled;
  }

  override watch(watcher: DutyWatcher): void {
    super.watch(watcher);
    // It ends with its parent too, and then nobody settles the share itself.
    this.shares.parent.watch(watcher);
  }

  get origins(): readonly Duty[] {
    return [this.shares.parent];
  }

  get roots(): readonly RootDuty[] {
    return this.shares.parent.roots;
  }

  protected pass(verdict: Verdict): void {
    this.shares.settled(verdict);
  }
}

/** One duty over many: its verdict settles every member that is still open. */
export class BatchDuty extends Duty {
  constructor(readonly origins: readonly Duty[]) {
    super();
  }

  override get settled(): boolean {
    return super.settled || this.origins.every((member) => member.settled);
  }

  get roots(): readonly RootDuty[] {
    return [...new Set(this.origins.flatMap((member) => member.roots))];
  }

  protected pass(verdict: Verdict): void {
    for (const member of this.origins) member.settle(verdict);
  }
}

const NONE: readonly Duty[] = [];
const NO_KEEPERS: readonly Keeper[] = [];
