import { expect } from 'chai';
import { Subject, take } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';

describe('acknowledge', () => {
  operatorCatalogue('acknowledge', () => acknowledge());

  it('acks each delivery when it comes, and passes the same one on', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      expectObservable(dataOf(deliveries(cold('-a-b-|')).pipe(acknowledge()))).toBe('-a-b-|');
      flush();
      expect(source.settlements.map(({ at, data }) => `${at} ${data}`)).deep.equal(['1 a', '3 b']);
    }));

  it('has acked what its subscriber sees', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    const seen: boolean[] = [];
    input.pipe(acknowledge()).subscribe((delivery) => seen.push(delivery.settled));
    input.next(source.deliver('a'));
    expect(seen).deep.equal([true]);
  });

  it('leaves an earlier verdict as it is', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    input.pipe(acknowledge()).subscribe();
    const delivery = source.deliver('a');
    delivery.reject(new Error('no'));
    input.next(delivery);
    expect(source.log).deep.equal(['reject a: no']);
  });

  it('gives back what an ack brings, when its subscriber has enough', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    const first = source.deliver('a');
    input.pipe(acknowledge(), take(1)).subscribe(() => input.next(source.deliver('b')));
    input.next(first);
    expect(source.log).deep.equal(['ack a', 'release b']);
  });

  it('keeps the order, and the stack flat, when an ack brings the next delivery at once', () => {
    const input = new Subject<Delivery<number>>();
    const source = new (class extends TestSource {
      override settle(...args: Parameters<TestSource['settle']>): void {
        super.settle(...args);
        const n = this.settlements.length;
        if (n < 100_000) input.next(this.deliver(n));
      }
    })();
    const seen: number[] = [];
    input.pipe(acknowledge()).subscribe(({ data }) => seen.push(data));
    input.next(source.deliver(0));
    expect(seen.length).equal(100_000);
    expect(seen.every((data, i) => data === i)).equal(true);
  });
});
