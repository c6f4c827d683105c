import { expect } from 'chai';
import { concat, map, NEVER, Observable, of, Subject, Subscription, take, throwError } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { handle } from '../../src/operators/handle.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';

interface Started {
  readonly signal: AbortSignal;
  readonly done: (answer: string) => void;
  readonly gaveUp: (error: Error) => void;
}

/** Handlers that the test ends. */
function manual() {
  const started: Started[] = [];
  const handler = (_: string, { signal }: { readonly signal: AbortSignal }) =>
    new Promise<string>((done, gaveUp) => started.push({ signal, done, gaveUp }));
  return { started, handler };
}

describe('handle, torn down', () => {
  it('aborts what runs and releases what runs or waits, when unsubscribed', async () => {
    const source = new TestSource();
    const { started, handler } = manual();
    const seen: unknown[] = [];
    const input = new Subject<Delivery<string>>();
    const subscription = input.pipe(handle(handler, { concurrency: 2 })).subscribe((delivery) => seen.push(delivery));
    for (const letter of ['a', 'b', 'c', 'd']) input.next(source.deliver(letter));
    expect(started).length(2);
    subscription.unsubscribe();
    expect(source.log).deep.equal(['release a', 'release b', 'release c', 'release d']);
    expect(started.map(({ signal }) => signal.aborted)).deep.equal([true, true]);
    expect(started[0]?.signal.reason).has.property('name', 'AbortError');
    started[0]?.done('late');
    started[1]?.gaveUp(new Error('late'));
    await Promise.resolve();
    expect(seen).deep.equal([]);
    expect(started).length(2);
  });

  it('does the same on a source error, before it passes that on', () => {
    const source = new TestSource();
    const { started, handler } = manual();
    const deliveries = of(source.deliver('a'), source.deliver('b'));
    let released: readonly string[] = [];
    concat(
      deliveries,
      throwError(() => new Error('gone')),
    )
      .pipe(handle(handler))
      .subscribe({ error: () => (released = [...source.log]) });
    expect(released).deep.equal(['release a', 'release b']);
    expect(started[0]?.signal.aborted).equal(true);
  });

  it('unsubscribes from Observables that run', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions, flush, source }) => {
      const running = cold('-----x|');
      expectObservable(dataOf(deliveries(cold('a')).pipe(handle(() => running))), '^--!').toBe('---');
      expectSubscriptions(running.subscriptions).toBe('^--!');
      flush();
      expect(source.log).deep.equal(['release a']);
    }));

  it('releases the delivery whose handler tears it down', () => {
    for (const answer of ['x', Promise.reject(new Error('late')), NEVER, of('x')]) {
      const source = new TestSource();
      const input = new Subject<Delivery<string>>();
      const subscription: Subscription = input
        .pipe(
          handle(() => {
            subscription.unsubscribe();
            return answer;
          }),
        )
        .subscribe();
      input.next(source.deliver('a'));
      expect(source.log).deep.equal(['release a']);
    }
  });

  it('releases it too while the source has not returned from being subscribed to', () => {
    const source = new TestSource();
    const subscription = new Subscription();
    const eager = of(source.deliver('a')).pipe(handle(() => subscription.unsubscribe()));
    subscription.add(
      new Observable<Delivery<string>>((subscriber) => {
        subscription.add(subscriber);
        return eager.subscribe(subscriber);
      }).subscribe(),
    );
    expect(source.log).deep.equal(['release a']);
  });

  it('releases what it has not passed on when its subscriber has enough', () => {
    const source = new TestSource();
    const letters = of('a', 'b', 'c').pipe(map((letter) => source.deliver(letter)));
    letters
      .pipe(
        handle((letter) => letter),
        take(1),
      )
      .subscribe((delivery) => delivery.ack());
    expect(source.log).deep.equal(['ack a']);
    expect(source.unsettled).deep.equal([]);
  });

  it('runs no handler whose answer nobody waits for', () => {
    const source = new TestSource();
    const more = new Subject<Delivery<string>>();
    const handled: string[] = [];
    const handler = (letter: string) => {
      handled.push(letter);
      if (letter === 'a') more.next(source.deliver('b'));
      return letter;
    };
    // Emits within `subscribe`, when nothing can be torn down yet.
    const eager = new Observable<Delivery<string>>((subscriber) => {
      more.subscribe(subscriber);
      subscriber.next(source.deliver('a'));
    });
    eager.pipe(handle(handler), take(1)).subscribe((delivery) => delivery.ack());
    expect(handled).deep.equal(['a']);
    expect(source.log).deep.equal(['ack a', 'release b']);
  });
});
