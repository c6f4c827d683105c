import type { OpenedBatch } from '../core/openedBatch.ts';
import { ACK, type Outcome, RELEASE } from '../core/outcome.ts';
import type { Priority } from '../core/priority.ts';
import type { Entry, HeldRef, Settlement, StoreRecord } from '../core/store.ts';
import type { EntryDuty } from './entryDuty.ts';

const NOTHING: readonly Settlement[] = [];

/**
 * A record batch in the hands of one incarnation of a consumer: which of its messages are out, and which verdicts the
 * store has not been told.
 *
 * | state | event                                            | told                                        |
 * |-------|--------------------------------------------------|---------------------------------------------|
 * | whole | every message acked, or every one given back     | the whole, in one settlement                |
 * | whole | told of some before that                         | these; it is in parts from now on           |
 * | parts | told                                             | those settled since, by attempt and outcome |
 */
export class BatchInHand {
  readonly priority: Priority;
  readonly id: string;
  readonly attempt: number;
  /** The deliveries that are out, by their places in the batch. */
  private readonly duties: (EntryDuty | undefined)[] = [];
  private readonly attempts: ReadonlyMap<number, number> | undefined;
  private whole: boolean;
  /** Messages that are not settled yet. */
  private left: number;
  private acked: number[] = [];
  /** Of those acked, what is to be appended with them. */
  private outputs = new Map<number, readonly StoreRecord[]>();
  private others: Settlement[] = [];

  constructor(
    private readonly entry: Entry,
    readonly opened: OpenedBatch,
    /** Which incarnation of the consumer has it. */
    readonly incarnation: number,
  ) {
    this.priority = entry.priority;
    this.id = entry.id;
    this.attempt = entry.attempt;
    this.whole = entry.parts === undefined;
    this.left = entry.parts?.length ?? opened.count;
    this.attempts = entry.parts && new Map(entry.parts.map(({ index, attempt }) => [index, attempt]));
  }

  /** Calls back for each message that was handed out with it. */
  each(handOn: (index: number, attempt: number) => void): void {
    const { attempt, opened } = this;
    const { parts } = this.entry;
    if (parts) for (const part of parts) handOn(part.index, part.attempt);
    else for (let index = 0; index < opened.count; index += 1) handOn(index, attempt);
  }

  /** Whether every message is settled. */
  get done(): boolean {
    return this.left === 0;
  }

  /** Whether the store is to hear of it now: nothing more will be settled, or something but an ack was. */
  get urgent(): boolean {
    return this.left === 0 || this.others.length > 0;
  }

  /** Whether there is something that the store was not told. */
  get untold(): boolean {
    return this.acked.length > 0 || this.others.length > 0;
  }

  handedOut(index: number, duty: EntryDuty): void {
    this.duties[index] = duty;
  }

  /** Deliveries that are out. */
  *open(): Generator<EntryDuty> {
    for (const duty of this.duties) if (duty) yield duty;
  }

  /** What of it the consumer holds and the store was not told to be settled. */
  *held(): Generator<HeldRef> {
    const { priority, id } = this;
    if (this.whole) return yield { priority, id };
    for (const [index, duty] of this.duties.entries()) if (duty) yield { priority, id, index };
    for (const index of this.acked) yield { priority, id, index };
    for (const { parts } of this.others) yield { priority, id, index: parts?.indexes[0] };
  }

  settle(index: number, outcome: Outcome, last: LastSeen = {}, outputs?: readonly StoreRecord[]): void {
    this.left -= 1;
    this.duties[index] = undefined;
    if (outcome.kind === 'ack') {
      this.acked.push(index);
      if (outputs) this.outputs.set(index, outputs);
    } else this.others.push(this.settlement([index], this.attemptOf(index), outcome, last));
  }

  /** What the store is to be told now. */
  tell(): readonly Settlement[] {
    if (!this.untold) return NOTHING;
    const outcome = this.whole ? this.common() : undefined;
    const { priority, id, attempt, acked, others, outputs } = this;
    this.whole = false;
    this.acked = [];
    this.others = [];
    this.outputs = new Map();
    if (outputs.size === 0) return outcome ? [{ priority, id, attempt, outcome }] : [...this.acks(acked), ...others];
    if (outcome) return [{ priority, id, attempt, outcome, outputs: inOrder(acked, outputs) }];
    const bearing = acked.filter((index) => outputs.has(index));
    const plain = acked.filter((index) => !outputs.has(index));
    return [...this.acks(plain), ...bearing.map((index) => this.bearing(index, outputs.get(index))), ...others];
  }

  /** What became of every message, if that is one and the same and can be told of the whole. */
  private common(): Outcome | undefined {
    const { count } = this.opened;
    if (this.acked.length === count) return ACK;
    const isReleased = this.others.length === count && this.others.every(({ outcome }) => outcome.kind === 'release');
    return isReleased ? RELEASE : undefined;
  }

  /** The ack of a message with what is to be appended: by itself, since it is that one which must be held. */
  private bearing(index: number, outputs: Settlement['outputs']): Settlement {
    return { ...this.settlement([index], this.attemptOf(index), ACK), outputs };
  }

  private attemptOf(index: number): number {
    return this.attempts?.get(index) ?? this.attempt;
  }

  private acks(indexes: readonly number[]): Settlement[] {
    const { attempts } = this;
    if (indexes.length === 0) return [];
    if (!attempts) return [this.settlement(indexes, this.attempt, ACK)];
    const byAttempt = new Map<number, number[]>();
    for (const index of indexes) {
      const attempt = this.attemptOf(index);
      byAttempt.set(attempt, [...(byAttempt.get(attempt) ?? []), index]);
    }
    return [...byAttempt].map(([attempt, alike]) => this.settlement(alike, attempt, ACK));
  }

  private settlement(indexes: readonly number[], attempt: number, outcome: Outcome, last: LastSeen = {}): Settlement {
    const { priority, id, opened } = this;
    const { count } = opened;
    const { stage, trace } = last;
    const parts =
      outcome.kind === 'reject'
        ? { count, indexes, records: indexes.map((index) => opened.record(index)) }
        : { count, indexes };
    return { priority, id, attempt, outcome, stage, ...(trace !== undefined && { trace }), parts };
  }
}

/** Where a message was last. */
type LastSeen = Pick<Settlement, 'stage' | 'trace'>;

/** By the places of the messages they are of. */
function inOrder(acked: readonly number[], outputs: ReadonlyMap<number, readonly StoreRecord[]>): StoreRecord[] {
  return acked.toSorted((a, b) => a - b).flatMap((index) => outputs.get(index) ?? []);
}
