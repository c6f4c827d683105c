import type { AppendedRef, Turn } from '../../core/store.ts';

/** The last turn of one sender that was kept, and what it was answered. */
interface LastTurn {
  readonly number: number;
  readonly refs: readonly AppendedRef[];
}

/** How many senders are remembered: each is a lane of a publisher. */
const SENDERS = 1_000;

/** The turns that were kept, so that one that is repeated is answered as it was. One append at a time: the last will do. */
export class KeptTurns {
  private readonly senders = new Map<string, LastTurn>();

  /** What an append of this turn was answered, if it was kept. */
  answerTo({ sender, number }: Turn): readonly AppendedRef[] | undefined {
    const last = this.senders.get(sender);
    return last?.number === number ? last.refs : undefined;
  }

  keep({ sender, number }: Turn, refs: readonly AppendedRef[]): void {
    this.senders.set(sender, { number, refs });
    if (this.senders.size <= SENDERS) return;
    for (const oldest of this.senders.keys()) return void this.senders.delete(oldest);
  }
}
