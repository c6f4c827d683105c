import { expect } from 'chai';
import fc from 'fast-check';
import { timer } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Priority } from '../../src/core/priority.ts';
import { fromTopics } from '../../src/sources/fromTopics.ts';
import { TestTopics } from '../support/topicsPort.ts';
import { VirtualTime } from '../support/virtualTime.ts';

type Verdict = 'ack' | 'retry' | 'reject' | 'release';

interface Handling {
  readonly verdict: Verdict;
  readonly takesMs: number;
}

interface Told {
  readonly key: string | undefined;
  readonly priority: Priority;
  readonly appendedAtMs: number;
  /** What becomes of each hand-out in turn; ack after these. */
  readonly handlings: readonly Handling[];
}

const handling = fc.record({
  verdict: fc.constantFrom<Verdict>('ack', 'retry', 'reject', 'release'),
  takesMs: fc.constantFrom(0, 0, 1, 7),
});

const told = fc.record({
  key: fc.constantFrom(undefined, 'a', 'a', 'b', 'c'),
  priority: fc.constantFrom<Priority>('normal', 'normal', 'normal', 'critical', 'low'),
  appendedAtMs: fc.constantFrom(0, 0, 3, 20),
  handlings: fc.array(handling, { maxLength: 4 }),
});

/** One run in virtual time, and what its laws are about. */
class Run {
  readonly problems: string[] = [];
  readonly ended = new Set<number>();
  private readonly topics = new TestTopics();
  private readonly outOf = new Map<string, number>();
  private readonly times = new Map<number, number>();
  private readonly attempts = new Map<number, number>();
  /** The message of a key and tier that was handed out last. */
  private readonly last = new Map<string, number>();

  constructor(private readonly messages: readonly Told[]) {}

  get pending(): number {
    return this.topics.pending('g');
  }

  play(credit: number, unsubscribedAtMs: readonly number[]): void {
    new VirtualTime().run(({ flush }) => {
      this.messages.forEach(({ key, priority, appendedAtMs }, i) => {
        const meta = key === undefined ? '' : JSON.stringify({ key });
        timer(appendedAtMs).subscribe(() => this.topics.append([i], { priority, meta }));
      });
      let from = 0;
      for (const until of [...unsubscribedAtMs.toSorted((a, b) => a - b), 5_000]) {
        this.subscribe(credit, from, until);
        from = until + 50;
      }
      flush();
    });
  }

  private subscribe(credit: number, fromMs: number, untilMs: number): void {
    const port = this.topics.port({ leaseMs: 911, waitMs: 503 });
    const source = fromTopics(port, 'a.*', { group: 'g', orderBy: 'key', credit, drainMs: 20 });
    timer(fromMs).subscribe(() => {
      const running = source.subscribe((delivery) => this.take(delivery));
      timer(Math.max(0, untilMs - fromMs)).subscribe(() => running.unsubscribe());
    });
  }

  private take(delivery: Delivery): void {
    const i = delivery.data as number;
    const { key, priority, handlings } = this.messages[i] as Told;
    const times = this.times.get(i) ?? 0;
    this.times.set(i, times + 1);
    this.check(i, key, priority, delivery.attempt);
    const { verdict, takesMs } = handlings[times] ?? { verdict: 'ack', takesMs: 0 };
    if (takesMs === 0) return this.settle(delivery, verdict, i);
    timer(takesMs).subscribe(() => this.settle(delivery, verdict, i));
  }

  private check(i: number, key: string | undefined, priority: Priority, attempt: number): void {
    if (this.ended.has(i)) this.problems.push(`${i} came after its end`);
    const before = this.attempts.get(i) ?? 0;
    if (attempt < before || attempt > before + 1) this.problems.push(`${i} came as attempt ${attempt} after ${before}`);
    this.attempts.set(i, attempt);
    if (key === undefined) return;
    const other = this.outOf.get(key);
    if (other !== undefined && other !== i) this.problems.push(`${i} came while ${other} was out`);
    this.outOf.set(key, i);
    const lane = `${key} ${priority}`;
    const last = this.last.get(lane) ?? -1;
    if (this.place(i) < this.place(last)) this.problems.push(`${i} came after ${last}`);
    if (last !== i && last >= 0 && !this.ended.has(last)) this.problems.push(`${i} came before ${last} had ended`);
    this.last.set(lane, i);
  }

  /** When it was appended, among all. */
  private place(i: number): number {
    return i < 0 ? -1 : (this.messages[i]?.appendedAtMs ?? 0) * 1_000 + i;
  }

  private settle(delivery: Delivery, verdict: Verdict, i: number): void {
    const key = this.messages[i]?.key;
    if (key !== undefined && this.outOf.get(key) === i) this.outOf.delete(key);
    // Before the call: it may hand out the next at once.
    if (!delivery.settled && (verdict === 'ack' || verdict === 'reject')) this.ended.add(i);
    if (verdict === 'retry') delivery.retry({ delayMs: 5 });
    else if (verdict === 'reject') delivery.reject(new Error('no'));
    else delivery[verdict]();
  }
}

describe('orderBy: key, whatever becomes of each message', () => {
  const messages = fc.array(told, { minLength: 1, maxLength: 30 });
  const credit = fc.integer({ min: 1, max: 6 });
  const law = (run: Run, count: number) => {
    expect(run.problems).to.deep.equal([]);
    expect(run.ended.size).to.equal(count);
    expect(run.pending).to.equal(0);
  };

  it('keeps the order of a key in each tier, one out at a time, exact attempts, and settles everything', () => {
    fc.assert(
      fc.property(messages, credit, (all, most) => {
        const run = new Run(all);
        run.play(most, []);
        law(run, all.length);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps it when consumers come and go', () => {
    fc.assert(
      fc.property(
        messages,
        credit,
        fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 3 }),
        (all, most, stops) => {
          const run = new Run(all);
          run.play(most, stops);
          law(run, all.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
