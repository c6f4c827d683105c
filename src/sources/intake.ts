import type { Observable, Subscription } from 'rxjs';
import { toError } from '../core/errors.ts';
import type { PerPriority } from '../core/priority.ts';
import type { Entry, Taken } from '../core/store.ts';
import type { Credit } from './credit.ts';
import { sizeOf } from './partsOfEntry.ts';

/** How an intake reaches its reader. */
export interface IntakePort {
  take(credit: PerPriority<number>): Observable<Taken>;
  /** Entries were lost, or came in, or a take came back empty: time to go on. */
  taken(taken: Taken): void;
  failed(error: Error): void;
}

/** Takes entries from the store, one take under way at a time, never more than there is credit for. */
export class Intake {
  private inbox: Entry[] = [];
  private asked: PerPriority<number> | undefined;
  private taking: Subscription | undefined;

  constructor(
    private readonly credit: Credit,
    private readonly port: IntakePort,
  ) {}

  /**
   * Starts the next take, unless one is under way or there is no credit.
   * @param only what to ask for @default half the credit
   */
  ask(only?: PerPriority<number>): void {
    if (this.asked) return;
    const asked = only ?? this.credit.ask();
    if (!asked) return;
    this.asked = asked;
    // A store that answers at once has ended the take before `subscribe` returns.
    const taking = this.port.take(asked).subscribe({
      next: (taken) => this.accept(taken),
      complete: () => this.over(asked),
      error: (cause) => {
        this.over(asked);
        this.port.failed(toError(cause));
      },
    });
    this.taking = taking;
  }

  /** Ends a take that waits without a tier which has got its credit back. True if there was one. */
  reconsider(): boolean {
    if (!this.asked || !this.credit.outgrown(this.asked)) return false;
    this.cancel();
    return true;
  }

  /** What came in since the last call, in order. */
  collect(): readonly Entry[] {
    const entries = this.inbox;
    this.inbox = [];
    return entries;
  }

  /** What came in and was not collected yet. */
  get entries(): readonly Entry[] {
    return this.inbox;
  }

  get empty(): boolean {
    return this.inbox.length === 0;
  }

  /** Ends the take under way; the store gives back what it was about to answer. */
  cancel(): void {
    this.asked = undefined;
    this.taking?.unsubscribe();
    this.taking = undefined;
  }

  private accept(taken: Taken): void {
    for (const entry of taken.entries) {
      this.credit.spend(entry.priority, sizeOf(entry));
      this.inbox.push(entry);
    }
    this.asked = undefined;
    this.port.taken(taken);
  }

  private over(asked: PerPriority<number>): void {
    if (this.asked === asked) this.asked = undefined;
  }
}
