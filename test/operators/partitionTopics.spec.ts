import { expect } from 'chai';
import { EMPTY, map, merge, NEVER, Observable, of, Subject, Subscription, take, tap } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError, InvalidPatternError } from '../../src/core/errors.ts';
import { chainOf } from '../../src/internal/graph.ts';
import { partitionTopics } from '../../src/operators/partitionTopics.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';

const PATTERNS = ['a.*', 'b.*'] as const;

describe('partitionTopics', () => {
  it('parts a source by topic; the first pattern that matches has the delivery', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-a-|');
      const [as, rest] = partitionTopics(deliveries(letters), ['a.*', '*']);
      expectObservable(dataOf(as)).toBe('-a---a-|');
      expectObservable(dataOf(rest)).toBe('---b---|');
      expectSubscriptions(letters.subscriptions).toBe('^------!');
    }));

  it('subscribes the source once every output is subscribed', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-|');
      const [as, bs] = partitionTopics(deliveries(letters), PATTERNS);
      expectObservable(dataOf(as), '--^').toBe('-----a---|');
      expectObservable(dataOf(bs), '----^').toBe('-------b-|');
      expectSubscriptions(letters.subscriptions).toBe('----^----!');
    }));

  it('is not put off by an output that is unsubscribed before that', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-|');
      const [as, bs] = partitionTopics(deliveries(letters), PATTERNS);
      expectObservable(dataOf(as), '^-!').toBe('');
      expectObservable(dataOf(bs), '----^').toBe('---------b-|');
      expectObservable(dataOf(as), '------^').toBe('-------a---|');
      expectSubscriptions(letters.subscriptions).toBe('------^----!');
    }));

  it('unsubscribes the source when no output is subscribed any more', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions, flush, source }) => {
      const letters = cold('-a-b-a-b-|');
      const [as, bs] = partitionTopics(deliveries(letters), PATTERNS);
      expectObservable(dataOf(as), '^---!').toBe('-a---');
      expectObservable(dataOf(bs), '^-----!').toBe('---b---');
      expectSubscriptions(letters.subscriptions).toBe('^-----!');
      flush();
      expect(source.settlements.map(({ data, verdict, at }) => [verdict.kind, data, at])).deep.equal([
        ['fail', 'a', 5],
      ]);
      expect(source.settlements[0]?.verdict).nested.include({ 'error.code': 'BRANCH_ENDED' });
    }));

  it('lets an output that was unsubscribed come back', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-a-b-|');
      const [as, bs] = partitionTopics(deliveries(letters), PATTERNS);
      expectObservable(dataOf(as), '^-!').toBe('-a');
      expectObservable(dataOf(as), '---^').toBe('-----a---|');
      expectObservable(dataOf(bs)).toBe('---b---b-|');
      expectSubscriptions(letters.subscriptions).toBe('^--------!');
    }));

  it('refuses a second subscriber of an output, who would have the same deliveries', () => {
    const [as] = partitionTopics(NEVER, PATTERNS);
    const errors: string[] = [];
    const first = as.subscribe({ error: ({ code }) => errors.push(`first ${code}`) });
    as.subscribe({ error: ({ code, message }) => errors.push(code, message) });
    expect(errors[0]).equal('ALREADY_SUBSCRIBED');
    expect(errors[1]).contain("output 'a.*'");
    expect(first.closed).equal(false);
    first.unsubscribe();
  });

  for (const [name, marbles, end] of [
    ['completes', '-a-|', '|'],
    ['errors', '-a-#', '#'],
  ] as const) {
    it(`can be subscribed anew when its source ${name}`, () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions }) => {
        const letters = cold(marbles);
        const outputs = partitionTopics(deliveries(letters), PATTERNS);
        expectObservable(dataOf(merge(...outputs))).toBe(`-a-${end}`);
        expectObservable(dataOf(merge(...outputs)), '------^').toBe(`-------a-${end}`);
        expectSubscriptions(letters.subscriptions).toBe(['^--!', '------^--!']);
      }));
  }

  it('can be subscribed anew while it is being told that its source has ended', () => {
    const inputs: Subject<Delivery<string>>[] = [];
    const source = new Observable<Delivery<string>>((subscriber) => {
      const input = new Subject<Delivery<string>>();
      inputs.push(input);
      return input.subscribe(subscriber);
    });
    const outputs = partitionTopics(source, PATTERNS);
    const running = new Subscription();
    let ended = 0;
    const run = () => {
      if (ended < 2) running.add(merge(...outputs).subscribe({ error: () => ++ended && run() }));
    };
    run();
    inputs[0]?.error(new Error('first'));
    inputs[1]?.error(new Error('second'));
    expect([inputs.length, ended]).deep.equal([2, 2]);
  });

  describe('otherwise', () => {
    it('rejects what matches none', () =>
      deliveryMarbles(({ cold, deliveries, expectObservable, flush, source }) => {
        expectObservable(merge(...partitionTopics(deliveries(cold('-z-|')), PATTERNS))).toBe('---|');
        flush();
        expect(source.log[0]).match(/^reject z: topic 'z\.topic' matches none of the patterns 'a\.\*', 'b\.\*'/);
      }));

    it("acks it, with 'ack'", () =>
      deliveryMarbles(({ cold, deliveries, expectObservable, flush, source }) => {
        const outputs = partitionTopics(deliveries(cold('-z-|')), PATTERNS, { otherwise: 'ack' });
        expectObservable(merge(...outputs)).toBe('---|');
        flush();
        expect(source.log).deep.equal(['ack z']);
      }));
  });

  it('completes and never ends as its source', () =>
    deliveryMarbles(({ expectObservable }) => {
      expectObservable(merge(...partitionTopics(EMPTY, PATTERNS))).toBe('|');
      expectObservable(merge(...partitionTopics(NEVER, PATTERNS))).toBe('-');
    }));

  it('does not break the unsubscription chain', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-|');
      const outputs = partitionTopics(deliveries(letters), PATTERNS);
      expectObservable(merge(...outputs).pipe(map((delivery) => delivery.data)), '^-!').toBe('-a-');
      expectSubscriptions(letters.subscriptions).toBe('^-!');
    }));

  it('stops a synchronous source when it is unsubscribed', () => {
    const test = new TestSource();
    let emitted = 0;
    const source = new Observable<Delivery<string>>((subscriber) => {
      while (!subscriber.closed && emitted < 10) subscriber.next(test.deliver('x', { topic: `a.${emitted++}` }));
    });
    merge(...partitionTopics(source, PATTERNS))
      .pipe(take(2))
      .subscribe((delivery) => delivery.ack());
    expect(emitted).equal(2);
  });

  it('routes what was settled before it came', () => {
    const test = new TestSource();
    const delivery = test.deliver('x', { topic: 'a.b' });
    delivery.ack();
    const seen: unknown[] = [];
    merge(...partitionTopics(of(delivery), PATTERNS)).subscribe(({ data }) => seen.push(data));
    expect(seen).deep.equal(['x']);
  });

  it('shows its patterns in the graph of each output', () => {
    const [, bs] = partitionTopics(EMPTY, PATTERNS);
    const attributes = { pattern: 'b.*', patterns: PATTERNS, otherwise: 'reject' };
    expect(chainOf(bs)).deep.equal([{ kind: 'operator', name: 'partitionTopics', attributes }]);
  });

  it('refuses options it cannot use', () => {
    expect(() => partitionTopics(EMPTY, [])).throw(InvalidOptionError, 'at least one pattern');
    expect(() => partitionTopics(EMPTY, ['a'], { otherwise: 'pass' as never })).throw(InvalidOptionError, 'otherwise');
    expect(() => partitionTopics(EMPTY, ['a.('])).throw(InvalidPatternError);
  });
});

describe('partitionTopics, while outputs are unsubscribed one after the other', () => {
  it('gives back what comes in between, and what waits', () =>
    deliveryMarbles(({ flush, source }) => {
      const input = new Subject<Delivery<string>>();
      const give = (letter: string) => input.next(source.deliver(letter, { topic: `${letter}.topic` }));
      const [as, bs] = partitionTopics(input, PATTERNS);
      const all = new Subscription();
      all.add(as.pipe(tap({ unsubscribe: () => give('a') })).subscribe());
      all.add(() => give('a'));
      all.add(bs.subscribe());
      all.unsubscribe();
      flush();
      expect(source.log).deep.equal(['release a', 'release a']);
    }));

  it('keeps the order and the stack when a delivery brings the next one', () => {
    const test = new TestSource();
    const input = new Subject<Delivery<number>>();
    const seen: number[] = [];
    const give = (n: number) => input.next(test.deliver(n, { topic: n % 2 === 0 ? 'a.x' : 'b.x' }));
    const running = merge(...partitionTopics(input, PATTERNS)).subscribe((delivery) => {
      delivery.ack();
      if (delivery.data < 100_000) give(delivery.data + 1);
      seen.push(delivery.data);
    });
    give(1);
    expect(seen).length(100_000);
    expect(seen.every((n, i) => n === i + 1)).equal(true);
    running.unsubscribe();
  });
});
