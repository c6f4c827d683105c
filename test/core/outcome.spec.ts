import { expect } from 'chai';
import fc from 'fast-check';
import { type Verdict, worse } from '../../src/core/outcome.ts';
import { verdict } from './settlementTree.ts';

/** What a source makes a difference by. */
const gist = (each: Verdict): string => (each.kind === 'retry' ? `retry ${each.delayMs}` : each.kind);

describe('worse', () => {
  it('is one of the two, and as bad as both', () =>
    fc.assert(
      fc.property(verdict, verdict, (a, b) => {
        const result = worse(a, b);
        expect([a, b]).includes(result);
        expect(worse(result, a)).equal(result);
        expect(gist(worse(b, result))).equal(gist(result));
      }),
    ));

  it('does not mind the order', () =>
    fc.assert(
      fc.property(verdict, verdict, (a, b) => {
        expect(gist(worse(a, b))).equal(gist(worse(b, a)));
      }),
    ));

  it('does not mind the grouping', () =>
    fc.assert(
      fc.property(verdict, verdict, verdict, (a, b, c) => {
        expect(worse(worse(a, b), c)).equal(worse(a, worse(b, c)));
      }),
    ));

  it('has an order: ack, release, retry, fail, reject', () => {
    const error = new Error('no');
    const order: Verdict[] = [
      { kind: 'ack' },
      { kind: 'release' },
      { kind: 'retry', delayMs: 1 },
      { kind: 'retry', delayMs: 2 },
      { kind: 'fail', error },
      { kind: 'reject', error },
    ];
    for (const [i, better] of order.entries()) for (const bad of order.slice(i)) expect(worse(better, bad)).equal(bad);
  });

  it('keeps the first of two that are as bad, with its error', () => {
    const [first, second]: Verdict[] = [
      { kind: 'fail', error: new Error('first') },
      { kind: 'fail', error: new Error('second') },
    ];
    expect(worse(first as Verdict, second as Verdict)).equal(first);
  });
});
