import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { expect } from 'chai';
import { EMPTY, map, mergeMap, NEVER, Observable, of, take, throwError } from 'rxjs';
import { P } from 'ts-pattern';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { Branch } from '../../src/operators/branch.ts';
import { routeMatch } from '../../src/operators/routeMatch.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';

interface Order {
  readonly side: 'buy' | 'sell' | 'short';
  readonly qty: number;
}
const ORDERS: Record<string, Order> = {
  b: { side: 'buy', qty: 1 },
  B: { side: 'buy', qty: 100 },
  s: { side: 'sell', qty: 2 },
  h: { side: 'short', qty: 3 },
};

const named =
  <T extends Order>(name: string): Branch<T, string> =>
  (source) =>
    source.pipe(map((delivery) => delivery.with(`${name} ${delivery.data.qty}`)));

const bySide = routeMatch<Order>()
  .with({ side: 'buy' }, named('buy'))
  .with({ side: P.union('sell', 'short') }, named('sale'))
  .exhaustive();

describe('routeMatch', () => {
  let source: TestSource;
  beforeEach(() => {
    source = new TestSource();
  });
  const route = <T, R>(data: T, operator: (source: Observable<Delivery<T>>) => Observable<Delivery<R>>): R[] => {
    const out: R[] = [];
    of(source.deliver(data))
      .pipe(operator)
      .subscribe((delivery) => out.push(delivery.data));
    return out;
  };

  it('sends a delivery through the branch of the first case that its data fit, and merges what the branches emit', () =>
    deliveryMarbles(({ cold, dataOf, expectObservable, expectSubscriptions }) => {
      const orders = cold('-b-s-h-|', ORDERS);
      expectObservable(
        dataOf(
          orders.pipe(
            map((order) => source.deliver(order)),
            bySide,
          ),
        ),
      ).toBe('-b-s-h-|', {
        b: 'buy 1',
        s: 'sale 2',
        h: 'sale 3',
      });
      expectSubscriptions(orders.subscriptions).toBe('^------!');
    }));

  it('asks a guard too', () => {
    const routing = routeMatch<Order>()
      .with({ side: 'buy' }, ({ qty }) => qty > 10, named('large'))
      .with({ side: 'buy' }, named('small'))
      .otherwise(named('rest'));
    expect(['b', 'B', 's'].flatMap((letter) => route(ORDERS[letter] as Order, routing))).deep.equal([
      'small 1',
      'large 100',
      'rest 2',
    ]);
  });

  it('rejects data that fit no case, though their type says they must', () => {
    expect(route({ side: 'hold', qty: 1 } as never, bySide)).deep.equal([]);
    const [settled] = source.settlements;
    expect(settled?.verdict).nested.include({ kind: 'reject', 'error.code': 'UNMATCHED', 'error.messageId': 'test-1' });
    expect(source.log[0]).contain(
      `data {"side":"hold","qty":1} on 'test' fits none of the cases { side: 'buy' } | { side: P }`,
    );
  });

  it('fails a delivery whose guard throws, and goes on', () => {
    const routing = routeMatch<Order>()
      .with(
        { side: 'buy' },
        ({ qty }) => {
          if (qty > 10) throw new Error('too much');
          return true;
        },
        named('buy'),
      )
      .otherwise(named('rest'));
    const out: string[] = [];
    of('B', 'b')
      .pipe(
        map((letter) => source.deliver(ORDERS[letter] as Order)),
        routing,
      )
      .subscribe(({ data }) => out.push(data));
    expect(source.log).deep.equal(['fail {"side":"buy","qty":100}: too much']);
    expect(out).deep.equal(['buy 1']);
  });

  it('runs guards in the context of the delivery', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const key = createContextKey('test');
    const seen: unknown[] = [];
    const routing = routeMatch<number>()
      .with(
        P.number,
        () => seen.push(context.active().getValue(key)) > 0,
        (numbers) => numbers,
      )
      .otherwise((rest) => rest);
    of(source.deliver(1, { context: ROOT_CONTEXT.setValue(key, 'its own') }))
      .pipe(routing)
      .subscribe();
    context.disable();
    expect(seen).deep.equal(['its own']);
  });

  it('leaves a builder as it was when a case is added', () => {
    const first = routeMatch<Order>().with({ side: 'buy' }, named('buy'));
    const one = first.otherwise(named('one'));
    const other = first.otherwise(named('other'));
    expect([...route(ORDERS['s'] as Order, one), ...route(ORDERS['s'] as Order, other)]).deep.equal([
      'one 2',
      'other 2',
    ]);
  });

  it('routes what was settled before it came', () => {
    const delivery = source.deliver(ORDERS['b'] as Order);
    delivery.ack();
    const out: string[] = [];
    of(delivery)
      .pipe(bySide)
      .subscribe(({ data }) => out.push(data));
    expect(out).deep.equal(['buy 1']);
  });

  it('fails what comes for a branch that has ended', () =>
    deliveryMarbles(({ cold, dataOf, expectObservable, flush }) => {
      const routing = routeMatch<string>()
        .with('a', take(1))
        .otherwise((rest) => rest);
      const letters = cold('-a-a-z-|').pipe(map((letter) => source.deliver(letter)));
      expectObservable(dataOf(letters.pipe(routing))).toBe('-a---z-|');
      flush();
      expect(source.log[0]).contain("fail a: branch 'a' takes no more deliveries");
    }));

  it('completes, never ends and errors as its source', () =>
    deliveryMarbles(({ cold, expectObservable }) => {
      expectObservable(EMPTY.pipe(bySide)).toBe('|');
      expectObservable(NEVER.pipe(bySide)).toBe('-');
      expectObservable(cold<Delivery<Order>>('--#').pipe(bySide)).toBe('--#');
    }));

  it('ends with the error of a branch, and unsubscribes the source', () =>
    deliveryMarbles(({ cold, expectObservable, expectSubscriptions }) => {
      const letters = cold('-b-|', ORDERS);
      const failing = routeMatch<Order>().otherwise(mergeMap(() => throwError(() => 'error')));
      expectObservable(
        letters.pipe(
          map((order) => source.deliver(order)),
          failing,
        ),
      ).toBe('-#');
      expectSubscriptions(letters.subscriptions).toBe('^!');
    }));

  it('unsubscribes the source early', () =>
    deliveryMarbles(({ cold, dataOf, expectObservable, expectSubscriptions }) => {
      const letters = cold('-b-s-|', ORDERS);
      const result = letters.pipe(
        map((order) => source.deliver(order)),
        bySide,
      );
      expectObservable(dataOf(result), '^-!').toBe('-b', { b: 'buy 1' });
      expectSubscriptions(letters.subscriptions).toBe('^-!');
    }));

  it('stops a synchronous source when it is unsubscribed', () => {
    let emitted = 0;
    const input = new Observable<Delivery<Order>>((subscriber) => {
      while (!subscriber.closed && emitted++ < 10) subscriber.next(source.deliver(ORDERS['b'] as Order));
    });
    input.pipe(bySide, take(2)).subscribe((delivery) => delivery.ack());
    expect(emitted).equal(2);
  });

  it('refuses a branch or a guard that is no function', () => {
    expect(() => routeMatch<Order>().with({ side: 'buy' }, 5 as never)).throw(InvalidOptionError, 'branch is 5');
    expect(() => routeMatch<Order>().with({ side: 'buy' }, 5 as never, named('buy'))).throw(
      InvalidOptionError,
      'guard',
    );
    expect(() => routeMatch<Order>().otherwise('rest' as never)).throw(InvalidOptionError, "branch is 'rest'");
  });
});

operatorCatalogue('routeMatch', () => routeMatch<string>().otherwise((rest) => rest));
