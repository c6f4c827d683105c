import { expect } from 'chai';
import { concat, defer, NEVER, Observable, type OperatorFunction, of, Subject, take, throwError } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { chainOf, type GraphNode } from '../../src/internal/graph.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from './deliveryMarbles.ts';
import { nodeOf } from './nodeOf.ts';

type Operator = OperatorFunction<Delivery<string>, Delivery>;

/** How an operator differs from others. */
export interface CatalogueOptions {
  /** Whether it gives one delivery at once: one that answers later can't stop a synchronous source. @default true */
  readonly atOnce?: boolean;
  /** What it is in the graph. @default 'operator' */
  readonly kind?: GraphNode['kind'];
}

/** What every operator over deliveries must do; each letter is to give one delivery at least, at once. */
export function operatorCatalogue(name: string, make: () => Operator, options: CatalogueOptions = {}): void {
  const { atOnce = true, kind = 'operator' } = options;
  describe(`${name}, as every operator`, () => {
    it('completes with an empty source', () =>
      deliveryMarbles(({ cold, deliveries, expectObservable, expectSubscriptions }) => {
        const empty = cold('---|');
        expectObservable(deliveries(empty).pipe(make())).toBe('---|');
        expectSubscriptions(empty.subscriptions).toBe('^--!');
      }));

    it('is silent with a source that is', () =>
      deliveryMarbles(({ cold, deliveries, expectObservable }) => {
        expectObservable(deliveries(cold('---')).pipe(make()), '^--!').toBe('---');
      }));

    it("passes on a source's error, and nothing is forgotten", () => {
      const source = new TestSource();
      const passed: Delivery[] = [];
      const failing = concat(
        of(source.deliver('a')),
        throwError(() => new Error('gone')),
      );
      const errors: unknown[] = [];
      failing.pipe(make()).subscribe({ next: (d) => passed.push(d), error: (error) => errors.push(error) });
      expect(errors.map(String)).deep.equal(['Error: gone']);
      for (const delivery of passed) delivery.ack();
      expect(source.unsettled).deep.equal([]);
    });

    it('unsubscribes from its source early', () =>
      deliveryMarbles(({ cold, deliveries, expectObservable, expectSubscriptions }) => {
        const letters = cold('-----a-|');
        expectObservable(deliveries(letters).pipe(make()), '^--!').toBe('----');
        expectSubscriptions(letters.subscriptions).toBe('^--!');
      }));

    it('does not break the chain of unsubscription', () => {
      const torn: string[] = [];
      const source = new Observable<Delivery<string>>(() => () => torn.push('source'));
      const subscription = source
        .pipe(
          (inner) => inner,
          make(),
          (inner) => inner,
        )
        .subscribe();
      subscription.unsubscribe();
      expect(torn).deep.equal(['source']);
    });

    const stopping = 'stops a synchronous source, and what was not taken is given back';
    const stops = (): void => {
      const source = new TestSource();
      let asked = 0;
      const endless = new Observable<Delivery<string>>((subscriber) => {
        for (asked = 0; asked < 100 && !subscriber.closed; asked++) subscriber.next(source.deliver(`${asked}`));
      });
      endless.pipe(make(), take(1)).subscribe((delivery) => delivery.ack());
      expect(asked).lessThan(100);
      expect(source.unsettled).deep.equal([]);
    };
    if (atOnce) it(stopping, stops);

    it('subscribes to its source once for each subscriber, and not before', () => {
      let subscribed = 0;
      const result = defer(() => {
        subscribed += 1;
        return NEVER;
      }).pipe(make());
      expect(subscribed).equal(0);
      const both = [result.subscribe(), result.subscribe()];
      expect(subscribed).equal(2);
      for (const subscription of both) subscription.unsubscribe();
    });

    it('has its place in the graph', () => {
      expect(nodeOf(make() as OperatorFunction<never, unknown>)).includes({ kind, name });
      expect(chainOf(new Subject<Delivery<string>>().pipe(make())).map((node) => node.name)).deep.equal([name]);
    });
  });
}
