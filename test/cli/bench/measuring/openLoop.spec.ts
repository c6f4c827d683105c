import { expect } from 'chai';
import { interval, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { openLoop } from '../../../../src/cli/bench/measuring/openLoop.ts';
import { SteadyBooks } from '../../../../src/cli/bench/measuring/steadyBooks.ts';

const scheduler = () => new TestScheduler((actual, expected) => void expect(actual).to.deep.equal(expected));

/** Sends 1,000 a second for a second to a consumer that stalls from 300 to 500 ms; each message in order, at once otherwise. */
function stalled(): SteadyBooks {
  const time = scheduler();
  const books = new SteadyBooks(0);
  const stalls = (at: number) => at >= 300 && at < 500;
  time.run(() => {
    const waiting: number[] = [];
    const handleAll = () => {
      for (const n of waiting.splice(0)) books.handled(n, time.now());
    };
    const send = (n: number, dueMs: number) => {
      books.sent(n, dueMs, time.now());
      waiting.push(n);
      if (!stalls(time.now())) handleAll();
    };
    time.schedule(handleAll, 500);
    openLoop({ perSecond: 1_000, count: 1_000, now: () => time.now(), ticks: interval(1, time), send }).subscribe();
  });
  return books;
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

describe('a steady rate with a consumer that stalls', () => {
  const { recorder, unhandled } = stalled();

  it('shows the stall in the percentiles: a fifth of the messages fell into it', () => {
    expect({ count: recorder.latency.count, unhandled }).to.deep.equal({ count: 1_000, unhandled: 0 });
    expect(recorder.latency.percentile(75)).to.equal(0.000001);
    // 200 messages were due while it lasted, and waited for 0 to 200 ms.
    expect(recorder.latency.percentile(90)).to.be.closeTo(100, 2);
    expect(recorder.latency.percentile(99)).to.be.closeTo(190, 2);
    expect(recorder.latency.maxMs).to.be.closeTo(200, 2);
  });

  it('shows more than a generator would that waits for each answer: that one sees the stall once', () => {
    const slow = Array.from({ length: 801 }, (_, i) => (i === 300 ? 200 : 0)).filter((ms) => ms > 1);
    expect(slow).to.have.lengthOf(1);
    expect(recorder.latency.figures()?.buckets.filter(({ fromMs }) => fromMs > 1)).to.satisfy(
      (buckets: readonly { count: number }[]) => buckets.reduce((sum, { count }) => sum + count, 0) > 190,
    );
  });
});
