import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { expect } from 'chai';
import { of, Subject, type Subscription } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';

describe('mapData', () => {
  operatorCatalogue('mapData', () => mapData((letter: string) => letter));

  it('makes new data of data and message', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const result = deliveries(cold('-a-b-|')).pipe(mapData((letter, { topic }) => letter + topic));
      expectObservable(dataOf(result)).toBe('-a-b-|', { a: 'aa.topic', b: 'bb.topic' });
      flush();
      expect(source.unsettled).deep.equal(['a', 'b']);
    }));

  it('keeps the duty: settling what it made settles the source', () => {
    const source = new TestSource();
    of(source.deliver(1))
      .pipe(mapData((n) => n + 1))
      .subscribe((delivery) => delivery.ack());
    expect(source.log).deep.equal(['ack 1']);
  });

  it('gives undefined where that is what the function gives', () => {
    const seen: unknown[] = [];
    of(new TestSource().deliver(1))
      .pipe(mapData(() => undefined))
      .subscribe(({ data }) => seen.push(data));
    expect(seen).deep.equal([undefined]);
  });

  it('fails what the function throws at, and goes on', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const result = deliveries(cold('-a-b-c-|')).pipe(
        mapData((letter) => {
          if (letter === 'b') throw new Error('no b');
          return letter;
        }),
      );
      expectObservable(dataOf(result)).toBe('-a---c-|');
      flush();
      expect(source.log).deep.equal(['fail b: no b']);
    }));

  it('gives back a delivery whose subscriber its function took away', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    const subscription: Subscription = input.pipe(mapData(() => subscription.unsubscribe())).subscribe();
    input.next(source.deliver('a'));
    expect(source.log).deep.equal(['release a']);
  });

  it("runs in the delivery's trace context", () => {
    const key = createContextKey('who');
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      const seen: unknown[] = [];
      of(new TestSource().deliver('a', { context: ROOT_CONTEXT.setValue(key, 'me') }))
        .pipe(mapData(() => context.active().getValue(key)))
        .subscribe(({ data }) => seen.push(data));
      expect(seen).deep.equal(['me']);
    } finally {
      context.disable();
    }
  });

  it('takes a function only', () => {
    expect(() => mapData('x' as never)).throw(InvalidOptionError, "fn is 'x': it takes a function");
  });
});
