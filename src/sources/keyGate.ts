import { ignoreElements, type Observable, type SchedulerLike, type Subscription, tap, timer } from 'rxjs';
import type { Outcome } from '../core/outcome.ts';
import { PRIORITIES, type Priority, perPriority } from '../core/priority.ts';
import type { Entry, EntryRef, HeldEntry, Settlement } from '../core/store.ts';
import { KeyLine } from './keyLine.ts';
import { keyOf } from './keyOf.ts';
import { Outbox } from './outbox.ts';

/** How a gate reaches its reader. */
export interface KeyGatePort {
  /** Counts one more attempt of entries in hand; emits those that are there no longer. */
  again(entries: readonly HeldEntry[]): Observable<readonly EntryRef[]>;
  /** The store refused that: whether to ask again after a wait. */
  failed(error: Error): boolean;
  /** Entries are no longer the reader's to hand on. */
  gone(entries: readonly EntryRef[]): void;
  /** Something may go out, or everything has been told: time to go on. */
  moved(): void;
}

/**
 * Lets out one delivery of a key at a time: the next of a key has its turn once the store knows the former to be settled.
 * What is tried again stays in hand, and so its key waits for it without a credit to wait for. What waits holds credit.
 *
 * | line of a key | event                                         | next                                       |
 * |---------------|-----------------------------------------------|--------------------------------------------|
 * | none          | an entry is admitted                          | out                                        |
 * | out           | another is admitted                           | out; it waits                              |
 * | out           | the store knows that it was acked or rejected | out with the next that waits, else none    |
 * | out           | it is to be retried                           | resting                                    |
 * | out           | it was released                               | ready                                      |
 * | resting       | its delay is over                             | telling: the store counts the next attempt |
 * | telling       | told                                          | ready                                      |
 * | telling       | it is gone from the store                     | out with the next that waits, else none    |
 * | ready         | the reader goes on                            | out                                        |
 * | any           | closed                                        | dissolved: given back, but for what is out |
 *
 * Entries without a key pass. Memory: what is in the reader's credit.
 */
export class KeyGate {
  private readonly lines = new Map<string, KeyLine>();
  /** By the head's place. */
  private readonly heads = new Map<string, KeyLine>();
  private readonly resting = new Map<KeyLine, Subscription>();
  private readonly telling: Outbox;
  private ready: Entry[] = [];
  private closed = false;
  /** Grows whenever everything is forgotten: what was being told then is nobody's. */
  private generation = 0;
  private readonly keptOf = perPriority(() => 0);
  private behind = 0;

  constructor(
    private readonly port: KeyGatePort,
    private readonly scheduler: SchedulerLike,
  ) {
    this.telling = new Outbox(
      {
        send: (batch) => this.tell(batch),
        failed: (error) => port.failed(error),
        sent: () => port.moved(),
      },
      scheduler,
    );
  }

  /** Whether nothing has its turn and nothing is being told. */
  get idle(): boolean {
    return this.ready.length === 0 && this.telling.size === 0;
  }

  /** Whether entries wait behind others of their keys. */
  get anyWaits(): boolean {
    return this.behind > 0;
  }

  /** How many of a tier are kept until something else has settled, or for their retry. */
  kept(priority: Priority): number {
    return this.keptOf[priority];
  }

  /** Everything that was received and is not out. */
  *entries(): Generator<EntryRef> {
    yield* this.ready;
    yield* this.telling;
    for (const line of this.resting.keys()) yield line.head;
    for (const line of this.lines.values()) yield* line.waiting;
  }

  /** What may go out now: those whose turn has come, then of these entries those that no other of their key is before. */
  admit(entries: readonly Entry[]): readonly Entry[] {
    const admitted = this.ready;
    this.ready = [];
    for (const entry of entries) {
      const key = keyOf(entry);
      const line = key === undefined ? undefined : this.lines.get(key);
      if (line) {
        line.join(entry);
        this.behind += 1;
        this.keptOf[entry.priority] += 1;
        continue;
      }
      if (key !== undefined) this.open(new KeyLine(key, entry));
      admitted.push(entry);
    }
    return admitted;
  }

  /** What the store is to be told of an outcome; undefined if nothing: the entry stays in hand until it is tried again. */
  judged(held: HeldEntry, outcome: Outcome): Outcome | undefined {
    const line = this.heads.get(placeOf(held));
    if (!line || outcome.kind === 'ack' || outcome.kind === 'reject') return outcome;
    // Its key has no one to wait for it here: where it goes, it must come before those behind it.
    if (this.closed) return outcome.kind === 'retry' ? { ...outcome, delayMs: 0 } : outcome;
    if (outcome.kind === 'release') this.ready.push(line.head);
    else this.rest(line, outcome.delayMs);
    return undefined;
  }

  /** What settles entries; once it is over, the next of their keys have their turn. */
  watch(settling: Observable<void>, entries: readonly EntryRef[]): Observable<void> {
    const { generation } = this;
    return settling.pipe(tap({ complete: () => generation === this.generation && this.settled(entries) }));
  }

  /** Keeps nothing more in hand; what is being told comes by `admit` yet. Returns what is to be given back. */
  close(): { readonly waiting: readonly Entry[]; readonly failed: readonly Entry[] } {
    this.closed = true;
    const failed = [...this.resting.keys()].map(({ head }) => head);
    const waiting = [...this.admit([]), ...[...this.lines.values()].flatMap((line) => line.dissolve())];
    this.keepNothing();
    return { waiting, failed };
  }

  /** Forgets everything: it is no longer the reader's. Returns what was not out. */
  clear(): readonly EntryRef[] {
    const entries = [...this.entries()];
    this.generation += 1;
    this.keepNothing();
    this.lines.clear();
    this.heads.clear();
    this.ready = [];
    this.telling.startAnew(new Error("what was being told is nobody's any more"));
    return entries;
  }

  private settled(entries: readonly EntryRef[]): void {
    for (const entry of entries) {
      const line = this.heads.get(placeOf(entry));
      if (line) this.advance(line);
    }
  }

  private keepNothing(): void {
    for (const rest of this.resting.values()) rest.unsubscribe();
    this.resting.clear();
    for (const priority of PRIORITIES) this.keptOf[priority] = 0;
    this.behind = 0;
  }

  private open(line: KeyLine): void {
    this.lines.set(line.key, line);
    this.heads.set(placeOf(line.head), line);
  }

  private advance(line: KeyLine): void {
    this.heads.delete(placeOf(line.head));
    const next = line.next();
    if (!next) return void this.lines.delete(line.key);
    this.behind -= 1;
    this.keptOf[next.priority] -= 1;
    this.heads.set(placeOf(next), line);
    this.ready.push(next);
  }

  private rest(line: KeyLine, delayMs: number): void {
    const over = timer(Math.max(0, delayMs), this.scheduler).subscribe(() => {
      this.resting.delete(line);
      this.keptOf[line.head.priority] -= 1;
      const { priority, id, attempt } = line.head;
      this.telling.add({ priority, id, attempt, outcome: { kind: 'retry', delayMs: 0 } });
      this.telling.flush();
    });
    this.resting.set(line, over);
    this.keptOf[line.head.priority] += 1;
  }

  private tell(batch: readonly Settlement[]): Observable<never> {
    const { generation } = this;
    return this.port.again(batch).pipe(
      tap((gone) => generation === this.generation && this.told(batch, new Set(gone.map(placeOf)))),
      ignoreElements(),
    );
  }

  private told(batch: readonly Settlement[], gone: ReadonlySet<string>): void {
    for (const told of batch) {
      const line = this.heads.get(placeOf(told));
      if (!line) continue;
      if (gone.has(placeOf(told))) this.advance(line);
      else {
        line.head = { ...line.head, attempt: told.attempt + 1 };
        this.ready.push(line.head);
      }
    }
    if (gone.size > 0) this.port.gone(batch.filter((told) => gone.has(placeOf(told))));
  }
}

function placeOf({ priority, id }: EntryRef): string {
  return `${priority}:${id}`;
}
