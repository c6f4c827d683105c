import { expect } from 'chai';
import { concat, NEVER, of, Subject, throwError, timer } from 'rxjs';
import type { Batch, Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { batch } from '../../src/operators/batch.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';

const joined = { x: ['a', 'b'], y: ['c'], z: ['c', 'd'] };

describe('batch', () => {
  operatorCatalogue('batch', () => batch({ maxSize: 1 }));

  it('closes when it is full, and with the source', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      expectObservable(dataOf(deliveries(cold('-a-b-c---|')).pipe(batch({ maxSize: 2 })))).toBe(
        '---x-----(y|)',
        joined,
      );
      flush();
      expect(source.unsettled).deep.equal(['a', 'b', 'c']);
    }));

  it('closes some time after its first member', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      const letters = deliveries(cold('-a-b-------c---|'));
      expectObservable(dataOf(letters.pipe(batch({ maxSize: 9, withinMs: 5 })))).toBe('------x--------(y|)', joined);
    }));

  it('begins its time anew with each batch', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      const letters = deliveries(cold('-a-bc--|'));
      expectObservable(dataOf(letters.pipe(batch({ maxSize: 2, withinMs: 4 })))).toBe('---x---(y|)', joined);
    }));

  it('joins messages, attempts and duties: settling it settles every member by its own', () => {
    const source = new TestSource();
    const batches: Batch<string>[] = [];
    of(source.deliver('a', { id: 'm-1', topic: 't' }), source.deliver('b', { attempt: 3 }))
      .pipe(batch({ maxSize: 2 }))
      .subscribe((each) => batches.push(each));
    const [only] = batches;
    expect(only?.message).includes({ id: 'm-1', topic: 't' });
    expect(only?.attempt).equal(3);
    expect(only?.members.map(({ data }) => data)).deep.equal(['a', 'b']);
    only?.members[0].ack();
    only?.fail(new Error('no'));
    expect(source.log).deep.equal(['ack a', 'fail b: no']);
  });

  describe('maxBytes', () => {
    const bySize = { maxSize: 9, maxBytes: 4, sizeOf: (data: string) => data.length };
    const sizes = (words: readonly string[]) => {
      const source = new TestSource();
      const seen: (readonly string[])[] = [];
      of(...words.map((word) => source.deliver(word)))
        .pipe(batch(bySize))
        .subscribe(({ data }) => seen.push(data));
      return seen;
    };

    it('closes before what would make it too large, and when it is just as large', () => {
      expect(sizes(['aa', 'b', 'cc', 'dd', 'e'])).deep.equal([['aa', 'b'], ['cc', 'dd'], ['e']]);
    });

    it('does not wait for the next delivery to see that it is just as large', () => {
      const source = new TestSource();
      const seen: unknown[] = [];
      concat(of(source.deliver('aa'), source.deliver('bb')), NEVER)
        .pipe(batch(bySize))
        .subscribe(({ data }) => seen.push(data));
      expect(seen).deep.equal([['aa', 'bb']]);
    });

    it('lets a delivery that is too large by itself go alone', () => {
      expect(sizes(['a', 'bbbbbb', 'c'])).deep.equal([['a'], ['bbbbbb'], ['c']]);
    });

    it('fails what sizeOf throws at, and goes on', () => {
      const source = new TestSource();
      const seen: unknown[] = [];
      of(...['a', null, 'b'].map((data) => source.deliver(data)))
        .pipe(batch({ maxSize: 2, maxBytes: 9, sizeOf: (data) => (data as string).length }))
        .subscribe(({ data }) => seen.push(data));
      expect(seen).deep.equal([['a', 'b']]);
      expect(source.settlements.map(({ verdict, data }) => [verdict.kind, data])).deep.equal([['fail', null]]);
    });

    it('fails what sizeOf has no size for', () => {
      const source = new TestSource();
      of(source.deliver('a'))
        .pipe(batch({ maxSize: 2, maxBytes: 9, sizeOf: () => Number.NaN }))
        .subscribe();
      expect(source.log[0]).match(/^fail a: sizeOf\(data\) is NaN: it takes/);
    });
  });

  describe('and settlement', () => {
    it('leaves out what others settle while it is open, and passes on no empty batch', () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
        const first = source.deliver('x');
        const letters = concat(of(first), deliveries(cold('ab-|')));
        const result = letters.pipe(batch({ maxSize: 9 }));
        expectObservable(dataOf(result)).toBe('---(x|)', joined);
        const alone = source.deliver('y');
        expectObservable(concat(of(alone), cold<Delivery<string>>('--|')).pipe(batch({ maxSize: 9 }))).toBe('--|');
        timer(1).subscribe(() => {
          first.retry();
          alone.reject(new Error('no'));
        });
        flush();
        expect(source.log).deep.equal(['retry x 0', 'reject y: no']);
      }));

    it('keeps what was settled before it came', () => {
      const delivery = new TestSource().deliver('a');
      delivery.ack();
      const seen: unknown[] = [];
      of(delivery)
        .pipe(batch({ maxSize: 2 }))
        .subscribe(({ data }) => seen.push(data));
      expect(seen).deep.equal([['a']]);
    });

    it('releases the members of the open batch when unsubscribed', () => {
      const source = new TestSource();
      const subscription = concat(of(source.deliver('a'), source.deliver('b')), NEVER)
        .pipe(batch({ maxSize: 9 }))
        .subscribe();
      expect(source.log).deep.equal([]);
      subscription.unsubscribe();
      expect(source.log).deep.equal(['release a', 'release b']);
    });

    it('releases them on a source error, before it passes that on', () => {
      const source = new TestSource();
      let released: readonly string[] = [];
      concat(
        of(source.deliver('a')),
        throwError(() => new Error('gone')),
      )
        .pipe(batch({ maxSize: 9 }))
        .subscribe({
          error: () => {
            released = source.log;
          },
        });
      expect(released).deep.equal(['release a']);
    });
  });

  it('keeps the order when a batch brings deliveries at once', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    const seen: string[] = [];
    const more = ['d', 'e', 'f', 'gg'];
    input.pipe(batch({ maxSize: 2, maxBytes: 3, sizeOf: (data) => data.length })).subscribe({
      next: ({ data }) => {
        seen.push(data.join(''));
        for (const letter of more.splice(0, 3)) input.next(source.deliver(letter));
        if (more.length === 0) input.complete();
      },
      complete: () => seen.push('|'),
    });
    for (const data of ['a', 'bbb']) input.next(source.deliver(data));
    expect(seen).deep.equal(['a', 'bbb', 'de', 'fgg', '|']);
  });

  it('checks its options at the call', () => {
    const calls: [Parameters<typeof batch>[0], RegExp][] = [
      [{ maxSize: 0 }, /^maxSize is 0: it takes a whole number from 1/],
      [{} as never, /^maxSize is undefined/],
      [{ maxSize: 1, withinMs: 0 }, /^withinMs is 0/],
      [{ maxSize: 1, maxBytes: 0, sizeOf: () => 1 }, /^maxBytes is 0: it takes a number of bytes above 0/],
      [{ maxSize: 1, maxBytes: 1 }, /^sizeOf is undefined: it takes a function/],
    ];
    for (const [options, message] of calls) expect(() => batch(options)).throw(InvalidOptionError, message);
  });
});
