import { expect } from 'chai';
import { of, Subject, take } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { splitData } from '../../src/operators/splitData.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';

const numbered = (letter: string) => [`${letter}1`, `${letter}2`];

function sharesOf(source: TestSource, data = 'a'): Delivery<string>[] {
  const shares: Delivery<string>[] = [];
  of(source.deliver(data))
    .pipe(splitData(numbered))
    .subscribe((share) => shares.push(share));
  return shares;
}

describe('splitData', () => {
  operatorCatalogue('splitData', () => splitData(numbered));

  it('makes a delivery of each part, in order', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const result = deliveries(cold('-a---b---|')).pipe(splitData(numbered));
      const values = { a: 'a1', A: 'a2', b: 'b1', B: 'b2' };
      expectObservable(dataOf(result)).toBe('-(aA)(bB)|', values);
      flush();
      expect(source.unsettled).deep.equal(['a', 'b']);
    }));

  it('settles the delivery when every part has, with the worst verdict', () => {
    const source = new TestSource();
    const [first, second] = sharesOf(source);
    first?.reject(new Error('no'));
    expect(source.log).deep.equal([]);
    second?.ack();
    expect(source.log).deep.equal(['reject a: no']);
  });

  it('acks what has no parts', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, flush, source }) => {
      expectObservable(deliveries(cold('-a-|')).pipe(splitData(() => []))).toBe('---|');
      flush();
      expect(source.log).deep.equal(['ack a']);
    }));

  it('takes any iterable, and tells the message', () => {
    const seen: string[] = [];
    of(new TestSource().deliver('ab', { topic: 't' }))
      .pipe(
        splitData(function* (data, { topic }) {
          yield topic;
          yield* data;
        }),
      )
      .subscribe(({ data }) => seen.push(data));
    expect(seen).deep.equal(['t', 'a', 'b']);
  });

  it('fails what the function, or its iterable, throws at: no part of it is passed on', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const result = deliveries(cold('-a-b-|')).pipe(
        splitData(function* (letter) {
          yield letter;
          if (letter === 'a') throw new Error('half way');
        }),
      );
      expectObservable(dataOf(result)).toBe('---b-|');
      flush();
      expect(source.log).deep.equal(['fail a: half way']);
    }));

  it('gives back the parts that nobody took: the delivery comes again', () => {
    const source = new TestSource();
    of(source.deliver('a'))
      .pipe(splitData(numbered), take(1))
      .subscribe((share) => share.ack());
    expect(source.log).deep.equal(['release a']);
  });

  it('keeps the order when a part brings the next delivery at once, and completes after the last', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    const seen: string[] = [];
    input.pipe(splitData(numbered)).subscribe({
      next: ({ data }) => {
        seen.push(data);
        if (data !== 'a1') return;
        input.next(source.deliver('b'));
        input.complete();
      },
      complete: () => seen.push('|'),
    });
    input.next(source.deliver('a'));
    expect(seen).deep.equal(['a1', 'a2', 'b1', 'b2', '|']);
  });

  it('takes a function only', () => {
    expect(() => splitData(undefined as never)).throw(InvalidOptionError, 'fn is undefined: it takes a function');
  });
});
