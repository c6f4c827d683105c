import { expect } from 'chai';
import { ACK } from '../../../src/core/outcome.ts';
import type { Entry } from '../../../src/core/store.ts';
import { now, Stream } from './support/stream.ts';

const ONE = { critical: 0, high: 0, normal: 1, low: 0 };

/** Takes one entry after another, each within the reply to the one before. */
function consume(stream: Stream, name: string, handle: (entry: Entry) => void): void {
  const member = stream.join(name);
  const next = (): void => {
    stream.take(member, { waitMs: 60_000, credit: ONE }).subscribe({
      next: (entries) => {
        stream.settle(member, entries, ACK);
        next();
        for (const entry of entries) handle(entry);
      },
      error: () => undefined,
    });
  };
  next();
}

describe('memoryStore called from within its replies', () => {
  it('takes and settles 20,000 times in a row without a growing stack', () => {
    const stream = new Stream();
    for (let i = 0; i < 20; i++) stream.append(...Array.from({ length: 1_000 }, (_, k) => `${i * 1_000 + k}`));
    let seen = 0;
    let inOrder = true;
    consume(stream, 'c', ({ payload }) => {
      inOrder &&= payload === `${seen}`;
      seen += 1;
    });
    expect([seen, inOrder]).to.deep.equal([20_000, true]);
    now(stream.store.close());
  });

  it('appends from within a reply 20,000 times in a row without a growing stack', () => {
    const stream = new Stream();
    let last = 0;
    consume(stream, 'c', ({ payload }) => {
      last = Number(payload);
      if (last < 20_000) stream.append(`${last + 1}`);
    });
    stream.append('1');
    expect(last).to.equal(20_000);
    now(stream.store.close());
  });

  it('lets no consumer that asks again at once go before those who wait', () => {
    const stream = new Stream();
    const served: string[] = [];
    for (const name of ['a', 'b', 'c']) consume(stream, name, () => served.push(name));
    stream.append('1', '2', '3', '4', '5', '6');
    expect(served.join('')).to.equal('abcabc');
    now(stream.store.close());
  });

  it('tells the appender once those who waited have been served', () => {
    const stream = new Stream();
    const log: string[] = [];
    consume(stream, 'c', () => log.push('taken'));
    stream.append('a');
    log.push('appended');
    expect(log).to.deep.equal(['taken', 'appended']);
    now(stream.store.close());
  });

  it('gives nothing to a take that is unsubscribed while another is served', () => {
    const stream = new Stream();
    const [one, two] = [stream.join('one'), stream.join('two')];
    const got: string[] = [];
    stream.taking(one, { waitMs: 60_000, credit: ONE }).subscribe((told) => {
      got.push(told);
      second.unsubscribe();
    });
    const second = stream.taking(two, { waitMs: 60_000 }).subscribe((told) => got.push(told));
    stream.append('a', 'b');
    expect(got).to.deep.equal(['a1']);
    expect(now(stream.taking(two))).to.equal('b1');
  });
});
