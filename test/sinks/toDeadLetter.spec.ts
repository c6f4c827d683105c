import { expect } from 'chai';
import { EMPTY, map, NEVER, Observable, type Subscriber } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { toDeadLetter } from '../../src/sinks/toDeadLetter.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { nodeOf } from '../support/nodeOf.ts';

describe('toDeadLetter', () => {
  it('rejects each delivery with the reason, and emits nothing', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, expectSubscriptions, flush, source }) => {
      const letters = cold('-a-b-|');
      expectObservable(deliveries(letters).pipe(toDeadLetter('no longer taken'))).toBe('-----|');
      expectSubscriptions(letters.subscriptions).toBe('^----!');
      flush();
      expect(source.log).deep.equal(['reject a: no longer taken', 'reject b: no longer taken']);
      expect(source.settlements.map(({ at }) => at)).deep.equal([1, 3]);
      expect(source.settlements[0]?.verdict).nested.include({
        'error.code': 'DEAD_LETTER',
        'error.messageId': 'test-1',
      });
    }));

  it('has a reason when none is given', () => {
    expect(rejectedWith()).deep.equal(['reject a: sent to the dead letters']);
  });

  it('asks a function for the error', () => {
    expect(rejectedWith(({ data }) => new Error(`no ${data}`))).deep.equal(['reject a: no a']);
  });

  it('rejects with what the function throws', () => {
    const throwing = () => {
      throw new Error('thrown');
    };
    expect(rejectedWith(throwing)).deep.equal(['reject a: thrown']);
  });

  it('leaves what is settled as it is, and does not ask for its error', () => {
    const source = new TestSource();
    const delivery = source.deliver('a');
    delivery.ack();
    let asked = false;
    const reason = () => {
      asked = true;
      return new Error('asked');
    };
    given(delivery).pipe(toDeadLetter(reason)).subscribe();
    expect(asked).equal(false);
    expect(source.log).deep.equal(['ack a']);
  });

  it('ends as its source', () =>
    deliveryMarbles(({ cold, expectObservable }) => {
      expectObservable(EMPTY.pipe(toDeadLetter())).toBe('|');
      expectObservable(NEVER.pipe(toDeadLetter())).toBe('-');
      expectObservable(cold<Delivery>('--#').pipe(toDeadLetter())).toBe('--#');
    }));

  it('unsubscribes its source', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-|');
      const result = deliveries(letters).pipe(
        map((delivery) => delivery),
        toDeadLetter(),
      );
      expectObservable(result, '^-!').toBe('---');
      expectSubscriptions(letters.subscriptions).toBe('^-!');
    }));

  it('stands in the graph as a sink', () => {
    expect(nodeOf(toDeadLetter('why'))).deep.equal({
      kind: 'sink',
      name: 'toDeadLetter',
      attributes: { reason: 'why' },
    });
  });

  it('refuses a reason that is none', () => {
    expect(() => toDeadLetter(5 as never)).throw(InvalidOptionError, 'reason is 5');
  });
});

function rejectedWith(...args: Parameters<typeof toDeadLetter<string>>): readonly string[] {
  const source = new TestSource();
  given(source.deliver('a'))
    .pipe(toDeadLetter(...args))
    .subscribe();
  return source.log;
}

const given = <T>(delivery: Delivery<T>) =>
  new Observable((subscriber: Subscriber<Delivery<T>>) => {
    subscriber.next(delivery);
    subscriber.complete();
  });
