import { expect } from 'chai';
import { map, Observable, Subject, take, tap } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Branch } from '../../src/operators/branch.ts';
import { routeThrough } from '../../src/operators/routeThrough.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';

const same: Branch<string, string> = (source) => source;

// Routes by the first letter of the data: a, b, c … are the branches 0, 1, 2 …
const byLetter = (...branches: Branch<string, string>[]) =>
  routeThrough<string, string>(branches, {
    names: branches.map((_, i) => 'abc'.charAt(i)),
    choose({ data }) {
      if (data === 'throw') throw new Error('choose threw');
      return [...data].filter((letter) => letter <= 'c').map((letter) => letter.charCodeAt(0) - 97);
    },
    settle: (delivery) => void delivery.ack(),
  });

describe('routeThrough', () => {
  let source: TestSource;
  beforeEach(() => {
    source = new TestSource();
  });

  it('fails a delivery that the router throws on, and goes on', () => {
    const input = new Subject<Delivery<string>>();
    const out: string[] = [];
    input.pipe(byLetter(same)).subscribe(({ data }) => out.push(data));
    input.next(source.deliver('throw'));
    input.next(source.deliver('a'));
    expect(source.log).deep.equal(['fail throw: choose threw']);
    expect(out).deep.equal(['a']);
  });

  it('lets the router settle what no branch takes', () => {
    const input = new Subject<Delivery<string>>();
    input.pipe(byLetter(same)).subscribe();
    input.next(source.deliver('z'));
    expect(source.log).deep.equal(['ack z']);
  });

  it('routes what was settled before it came', () => {
    const input = new Subject<Delivery<string>>();
    const out: string[] = [];
    input.pipe(byLetter(same)).subscribe(({ data }) => out.push(data));
    const delivery = source.deliver('a');
    delivery.ack();
    input.next(delivery);
    expect([out, source.log]).deep.equal([['a'], ['ack a']]);
  });

  it('does not route what others settle while it waits its turn', () => {
    const input = new Subject<Delivery<string>>();
    const out: string[] = [];
    const [first, second] = [source.deliver('a'), source.deliver('a')];
    input.pipe(byLetter(same)).subscribe((delivery) => {
      out.push(delivery.data);
      if (delivery !== first) return;
      input.next(second);
      second.ack();
    });
    input.next(first);
    expect(out).deep.equal(['a']);
  });

  it('fails what comes for a branch that has ended early', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      expectObservable(dataOf(deliveries(cold('-a-a-b-a-|')).pipe(byLetter(take(1), same)))).toBe('-a---b---|');
      flush();
      expect(source.settlements.map(({ verdict, at }) => [verdict.kind, at])).deep.equal([
        ['fail', 3],
        ['fail', 7],
      ]);
      expect(source.settlements[0]?.verdict).nested.include({
        'error.code': 'BRANCH_ENDED',
        'error.messageId': 'test-2',
      });
      expect(source.log[0]).contain('branch a takes no more deliveries');
    }));

  it('fails what comes for a branch that unsubscribed its input but goes on', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const lingering: Branch<string, string> = (input) =>
        new Observable((subscriber) => input.pipe(take(1)).subscribe((delivery) => subscriber.next(delivery)));
      expectObservable(dataOf(deliveries(cold('-a-a-|')).pipe(byLetter(lingering)))).toBe('-a----');
      flush();
      expect(source.settlements.map(({ verdict }) => verdict.kind)).deep.equal(['fail']);
    }));

  it('fails the one share whose branch has ended', () => {
    const input = new Subject<Delivery<string>>();
    input.pipe(byLetter(take(1), same)).subscribe((delivery) => delivery.ack());
    input.next(source.deliver('a'));
    input.next(source.deliver('ab'));
    expect(source.log[0]).equal('ack a');
    expect(source.log[1]).match(/^fail ab: branch a /);
  });

  it('completes, and unsubscribes the source, once every branch has ended', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-a-b-|');
      expectObservable(dataOf(deliveries(letters).pipe(byLetter(take(1), take(1))))).toBe('-a-(b|)');
      expectSubscriptions(letters.subscriptions).toBe('^--!');
    }));

  it('does not subscribe the source when every branch ends at once', () => {
    let subscribed = false;
    let completed = false;
    const input = new Observable<Delivery<string>>(() => {
      subscribed = true;
    });
    input.pipe(byLetter(take(0))).subscribe({ complete: () => (completed = true) });
    expect([subscribed, completed]).deep.equal([false, true]);
  });

  it('unsubscribes the source and every branch early', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions, flush }) => {
      const letters = cold('-a-b-a-b-|');
      const ended: string[] = [];
      const noting =
        (name: string): Branch<string, string> =>
        (input) =>
          input.pipe(tap({ unsubscribe: () => ended.push(name) }));
      expectObservable(dataOf(deliveries(letters).pipe(byLetter(noting('a'), noting('b')))), '^---!').toBe('-a-b-');
      expectSubscriptions(letters.subscriptions).toBe('^---!');
      flush();
      expect(ended).deep.equal(['a', 'b']);
    }));

  it('does not break the unsubscription chain', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-|');
      const result = deliveries(letters).pipe(
        map((delivery) => delivery),
        byLetter(same, same),
        map((delivery) => delivery.data),
      );
      expectObservable(result, '^-!').toBe('-a-');
      expectSubscriptions(letters.subscriptions).toBe('^-!');
    }));

  it('stops a synchronous source when it is unsubscribed', () => {
    let emitted = 0;
    const input = new Observable<Delivery<string>>((subscriber) => {
      while (!subscriber.closed && emitted < 10) subscriber.next(source.deliver(emitted++ === 0 ? 'a' : 'b'));
    });
    input.pipe(byLetter(same, same), take(2)).subscribe((delivery) => delivery.ack());
    expect(emitted).equal(2);
  });

  it('releases a share that is left when the first one ends everything', () => {
    const input = new Subject<Delivery<string>>();
    input.pipe(byLetter(same, same), take(1)).subscribe((delivery) => delivery.ack());
    input.next(source.deliver('ab'));
    expect(source.log).deep.equal(['release ab']);
  });

  it('errors where the router itself would', () => {
    const errors: unknown[] = [];
    const broken = routeThrough<string, string>([same], {
      names: ['a'],
      choose: () => [],
      settle() {
        throw new Error('settle threw');
      },
    });
    const input = new Subject<Delivery<string>>();
    input.pipe(broken).subscribe({ error: (error) => errors.push(error.message) });
    input.next(source.deliver('a'));
    expect(errors).deep.equal(['settle threw']);
  });
});
