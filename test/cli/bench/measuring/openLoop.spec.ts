import { expect } from 'chai';
import { interval, Subject } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { LatencyHistogram } from '../../../../src/cli/bench/measuring/latencyHistogram.ts';
import { openLoop } from '../../../../src/cli/bench/measuring/openLoop.ts';
import { SteadyBooks } from '../../../../src/cli/bench/measuring/steadyBooks.ts';
import { VirtualTime } from '../../../support/virtualTime.ts';

const scheduler = () => new VirtualTime();

const STALL = { fromMs: 300, untilMs: 500 };

/** A consumer that handles at once, but nothing while it stalls. */
class Staller {
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly time: TestScheduler) {
    time.schedule(() => this.handleAll(), STALL.untilMs);
  }

  take(handled: () => void): void {
    this.waiting.push(handled);
    const now = this.time.now();
    if (now < STALL.fromMs || now >= STALL.untilMs) this.handleAll();
  }

  private handleAll(): void {
    for (const handled of this.waiting.splice(0)) handled();
  }
}

/** A thousand a second for a second, by the clock. */
function steadily(): SteadyBooks {
  const time = scheduler();
  const books = new SteadyBooks(0);
  time.run(() => {
    const staller = new Staller(time);
    const send = (n: number, dueMs: number) => {
      books.sent(n, dueMs, time.now());
      staller.take(() => books.handled(n, time.now()));
    };
    openLoop({ perSecond: 1_000, count: 1_000, now: () => time.now(), ticks: interval(1, time), send }).subscribe();
  });
  return books;
}

/** The same by a generator that waits for each answer before it sends the next, and measures from when it sent. */
function waitingForAnswers(): LatencyHistogram {
  const time = scheduler();
  const latency = new LatencyHistogram();
  time.run(() => {
    const staller = new Staller(time);
    const send = () => {
      const sentMs = time.now();
      staller.take(() => {
        latency.record(time.now() - sentMs);
        if (time.now() < 1_000) time.schedule(send, 1);
      });
    };
    time.schedule(send, 1);
  });
  return latency;
}

describe('openLoop', () => {
  it('sends each message when it is due, whatever the receiver does', () => {
    const time = scheduler();
    const sent: string[] = [];
    time.run(() => {
      const send = (n: number, dueMs: number) => sent.push(`${n} due ${dueMs} at ${time.now()}`);
      openLoop({ perSecond: 100, count: 4, now: () => time.now(), ticks: interval(10, time), send }).subscribe({
        complete: () => sent.push(`over at ${time.now()}`),
      });
    });
    expect(sent).to.deep.equal(['0 due 10 at 10', '1 due 20 at 20', '2 due 30 at 30', '3 due 40 at 40', 'over at 40']);
  });

  it('makes up for ticks that came late, and says when each was due', () => {
    let now = 0;
    const ticks = new Subject<void>();
    const sent: string[] = [];
    const send = (n: number, dueMs: number) => sent.push(`${n} due ${dueMs} at ${now}`);
    openLoop({ perSecond: 1_000, count: 10, now: () => now, ticks, send }).subscribe();
    ticks.next();
    now = 3.5;
    ticks.next();
    expect(sent).to.deep.equal(['0 due 0 at 0', '1 due 1 at 3.5', '2 due 2 at 3.5', '3 due 3 at 3.5']);
  });

  it('lets a message that finds no room wait, while its time runs on', () => {
    let now = 0;
    let room = 1;
    const ticks = new Subject<void>();
    const sent: string[] = [];
    const send = (n: number, dueMs: number) => {
      room -= 1;
      sent.push(`${n} due ${dueMs} at ${now}`);
    };
    openLoop({ perSecond: 1_000, count: 2, now: () => now, ticks, send, room: () => room > 0 }).subscribe();
    for (now = 0; now < 50; now += 1) ticks.next();
    room = 1;
    ticks.next();
    expect(sent).to.deep.equal(['0 due 0 at 0', '1 due 1 at 50']);
  });

  it('stops at once when it is unsubscribed, and lets go of the ticks', () => {
    const ticks = new Subject<void>();
    const sent: number[] = [];
    const subscription = openLoop({
      perSecond: 1,
      count: 5,
      now: () => 0,
      ticks,
      send: (n) => sent.push(n),
    }).subscribe();
    ticks.next();
    subscription.unsubscribe();
    expect(ticks.observed).to.equal(false);
    expect(sent).to.deep.equal([0]);
  });

  it('passes an error of the ticks on', () => {
    const errors: unknown[] = [];
    const ticks = new Subject<void>();
    openLoop({ perSecond: 1, count: 5, now: () => 0, ticks, send: () => {} }).subscribe({
      error: (e) => errors.push(e),
    });
    ticks.error('broken');
    expect(errors).to.deep.equal(['broken']);
  });
});

describe('a consumer that stalls for a fifth of the time', () => {
  it('shows in the percentiles of a steady rate: a fifth of the messages fell into it', () => {
    const { recorder, unhandled } = steadily();
    expect({ count: recorder.latency.count, unhandled }).to.deep.equal({ count: 1_000, unhandled: 0 });
    expect(recorder.latency.percentile(75)).to.be.lessThan(0.001);
    // The 200 messages that were due meanwhile waited for 0 to 200 ms.
    expect(recorder.latency.percentile(90)).to.be.closeTo(100, 2);
    expect(recorder.latency.percentile(99)).to.be.closeTo(190, 2);
    expect(recorder.latency.maxMs).to.be.closeTo(200, 2);
  });

  it('is omitted by a generator that waits for answers: one message of 800 saw it', () => {
    const latency = waitingForAnswers();
    expect(latency.count).to.be.closeTo(800, 2);
    expect(latency.percentile(99)).to.be.lessThan(0.001);
    expect(latency.percentile(99.8)).to.be.lessThan(0.001);
    expect(latency.maxMs).to.be.closeTo(200, 2);
  });
});
