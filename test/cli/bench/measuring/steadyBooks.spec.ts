import { expect } from 'chai';
import { SteadyBooks } from '../../../../src/cli/bench/measuring/steadyBooks.ts';

describe('SteadyBooks', () => {
  it('counts a message from when it was due, and how late it was sent', () => {
    const books = new SteadyBooks(0);
    books.sent(0, 100, 104);
    books.handled(0, 110);
    expect(books.recorder.latency.maxMs).to.be.closeTo(10, 0.01);
    expect(books.recorder.lateness.maxMs).to.be.closeTo(4, 0.01);
  });

  it('does not count the first ones, but waits for them', () => {
    const books = new SteadyBooks(1);
    books.sent(0, 0, 0);
    books.sent(1, 1, 1);
    expect(books.waiting).to.equal(2);
    books.handled(0, 50);
    books.handled(1, 2);
    expect(books.waiting).to.equal(0);
    expect(books.recorder).to.include({ sent: 1, handled: 1 });
  });

  it('counts a message that comes again as that', () => {
    const books = new SteadyBooks(0);
    books.sent(0, 0, 0);
    for (const nowMs of [1, 2]) books.handled(0, nowMs);
    expect(books).to.include({ repeated: 1 });
    expect(books.recorder.handled).to.equal(1);
  });

  it('counts what the store refused, once, and waits for it no longer', () => {
    const books = new SteadyBooks(0);
    books.sent(0, 0, 0);
    books.refuse(0);
    books.refuse(0);
    expect(books).to.include({ refused: 1, waiting: 0 });
  });

  it('takes what was refused for slow, not for quick: it was due, and nobody had it', () => {
    const books = new SteadyBooks(1);
    for (const n of [0, 1]) books.sent(n, 10, 10);
    for (const n of [0, 1]) books.refuse(n);
    books.close(100);
    expect(books).to.include({ refused: 2, unhandled: 0 });
    expect(books.recorder.latency.count).to.equal(1);
    expect(books.recorder.latency.maxMs).to.be.closeTo(90, 0.1);
  });

  it('leaves out nothing that was due: what is unhandled took that long at least, sent or not', () => {
    const books = new SteadyBooks(1);
    books.sent(0, 0, 0);
    books.sent(1, 10, 10);
    books.close(100, [20, 30]);
    expect(books).to.include({ unhandled: 3, waiting: 0 });
    expect(books.recorder.latency.count).to.equal(3);
    expect(books.recorder.latency.maxMs).to.be.closeTo(90, 0.1);
    expect(books.recorder.handled).to.equal(0);
  });
});
