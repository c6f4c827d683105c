import { expect } from 'chai';
import { concatMap, delay, from, merge, mergeMap, NEVER, of, Subject, timer } from 'rxjs';
import { Batch, type Delivery } from '../../src/core/delivery.ts';
import { batch } from '../../src/operators/batch.ts';
import { splitData } from '../../src/operators/splitData.ts';
import { CreditSource } from '../support/creditSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';

const large = { maxSize: 100 };

describe("batch, at the end of its source's credit", () => {
  it('closes when it keeps back all that may be out', () => {
    const source = new CreditSource(3);
    const input = new Subject<Delivery<string>>();
    const seen: (readonly string[])[] = [];
    input.pipe(batch(large)).subscribe((each) => {
      seen.push(each.data);
      each.ack();
    });
    for (const letter of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) input.next(source.deliver(letter));
    expect(seen).deep.equal([
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ]);
  });

  it('waits for what is still on its way to it', () =>
    deliveryMarbles(({ expectObservable, dataOf }) => {
      const source = new CreditSource(3);
      const letters = merge(from(['a', 'b', 'c']), NEVER);
      const onTheirWay = letters.pipe(concatMap((letter) => of(source.deliver(letter)).pipe(delay(2))));
      expectObservable(dataOf(onTheirWay.pipe(batch(large)))).toBe('------x', { x: ['a', 'b', 'c'] });
    }));

  it('closes when others settle nothing and it has the rest of the credit with another batch', () => {
    const source = new CreditSource(4);
    const odd = new Subject<Delivery<number>>();
    const even = new Subject<Delivery<number>>();
    const seen: (readonly number[])[] = [];
    merge(odd.pipe(batch(large)), even.pipe(batch(large))).subscribe(({ data }) => seen.push(data));
    for (const n of [1, 2, 3, 4]) (n % 2 ? odd : even).next(source.deliver(n));
    expect(seen).deep.equal([
      [1, 3],
      [2, 4],
    ]);
  });

  it('counts a delivery once, in however many parts it is kept back', () => {
    const source = new CreditSource(2);
    const input = new Subject<Delivery<string>>();
    const seen: (readonly string[])[] = [];
    input
      .pipe(
        splitData((word) => word),
        batch(large),
      )
      .subscribe(({ data }) => seen.push(data));
    input.next(source.deliver('ab'));
    expect(seen).deep.equal([]);
    input.next(source.deliver('cd'));
    expect(seen).deep.equal([['a', 'b', 'c']]);
  });

  it('does not count what was passed on, or settled by others', () => {
    const source = new CreditSource(3);
    const input = new Subject<Delivery<string>>();
    const seen: (readonly string[])[] = [];
    input.pipe(batch({ maxSize: 2 })).subscribe(({ data }) => seen.push(data));
    const give = (letter: string) => {
      const delivery = source.deliver(letter);
      input.next(delivery);
      return delivery;
    };
    give('a');
    give('b');
    const lost = give('c');
    lost.release();
    give('d');
    expect(seen).deep.equal([['a', 'b'], ['d']]);
  });

  it('does not count what it passed on before it could be held', () => {
    const source = new CreditSource(2);
    const input = new Subject<Delivery<string>>();
    const seen: string[] = [];
    input.pipe(batch({ maxSize: 9, maxBytes: 3, sizeOf: (data) => data.length })).subscribe((each) => {
      seen.push(each.data.join(''));
      if (each.data[0] !== 'a') return;
      each.ack();
      input.next(source.deliver('c'));
    });
    input.next(source.deliver('a'));
    input.next(source.deliver('bbb'));
    expect(seen).deep.equal(['a', 'bbb']);
  });

  it('holds no more of a batch of batches once that has made it close', () => {
    const [small, wide] = [new CreditSource(1), new CreditSource(2)];
    const input = new Subject<Delivery<unknown>>();
    const seen: unknown[] = [];
    input.pipe(batch(large)).subscribe(({ data }) => seen.push(data));
    input.next(Batch.of([small.deliver('a'), wide.deliver('b')]));
    expect(seen).deep.equal([[['a', 'b']]]);
    input.next(wide.deliver('c'));
    expect(seen).length(1);
  });

  it('closes for whichever of its sources is out of credit', () => {
    const [small, wide] = [new CreditSource(1), new CreditSource(9)];
    const seen: (readonly string[])[] = [];
    merge(of(wide.deliver('a'), wide.deliver('b'), small.deliver('c')), NEVER)
      .pipe(batch(large))
      .subscribe(({ data }) => seen.push(data));
    expect(seen).deep.equal([['a', 'b', 'c']]);
  });

  it('keeps order and stack when a credit of one is given back at once', () => {
    const input = new Subject<Delivery<number>>();
    const source = new (class extends CreditSource {
      override settle(...args: Parameters<CreditSource['settle']>): void {
        super.settle(...args);
        if (this.settlements.length < 50_000) input.next(this.deliver(this.settlements.length));
      }
    })(1);
    const seen: number[] = [];
    input.pipe(batch(large)).subscribe((each) => {
      seen.push(...each.data);
      each.ack();
    });
    input.next(source.deliver(0));
    expect(seen.length).equal(50_000);
    expect(seen.every((n, i) => n === i)).equal(true);
  });

  it('never waits for ever, behind whatever takes its time', () =>
    deliveryMarbles(({ flush }) => {
      const source = new CreditSource(4);
      const free = new Subject<number>();
      let given = 0;
      const seen: number[] = [];
      const slow = free.pipe(mergeMap((n) => timer(1 + (n % 3)).pipe(mergeMap(() => of(source.deliver(n))))));
      slow.pipe(batch({ maxSize: 3 })).subscribe((each) => {
        seen.push(...each.data);
        each.ack();
        for (const _ of each.data) if (given < 50) free.next(given++);
      });
      for (let i = 0; i < 4; i++) free.next(given++);
      flush();
      expect(seen.length).within(48, 50);
    }));
});
