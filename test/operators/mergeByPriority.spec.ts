import { expect } from 'chai';
import { concat, from, map, NEVER, Observable, of, Subject, take, tap, throwError, timer } from 'rxjs';
import { BufferOverflowError } from '../../src/core/bufferOverflowError.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { Priority } from '../../src/core/priority.ts';
import { chainOf } from '../../src/internal/graph.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { batch } from '../../src/operators/batch.ts';
import { handle } from '../../src/operators/handle.ts';
import { mergeByPriority } from '../../src/operators/mergeByPriority.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { CreditSource } from '../support/creditSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { eventually } from '../support/eventually.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';
import { settledAt, virtualRun } from '../support/virtualRun.ts';
import { warningsOf } from '../support/warnings.ts';

/** Collects what an Observable emits, and its error. */
function record<T>(source: Observable<T>): readonly unknown[] {
  const seen: unknown[] = [];
  source.subscribe({
    next: (value) => seen.push(value),
    error: (error) => seen.push(error),
    complete: () => seen.push('|'),
  });
  return seen;
}

describe('mergeByPriority', () => {
  operatorCatalogue('mergeByPriority', () => (source) => mergeByPriority({ normal: source }, { maxInFlight: 1 }), {
    kind: 'source',
  });

  describe('of deliveries', () => {
    it('hands on the most urgent that waits as what is in flight settles, and completes with the last', () =>
      deliveryMarbles(({ hot, deliveries, dataOf, expectObservable }) => {
        const critical = deliveries(hot('------c-----|'));
        const low = deliveries(hot('     (klm)-------|'));
        const out: Delivery<string>[] = [];
        hot('                            ---k----l--c--m').subscribe(() => out.shift()?.ack());
        const merged = mergeByPriority({ low, critical }, { maxInFlight: 1 });
        expectObservable(dataOf(merged.pipe(tap((delivery) => out.push(delivery))))).toBe('k--l----c--m|');
      }));

    it('starves nothing, though something critical always waits', () =>
      virtualRun(({ source, flush }) => {
        const of40 = (data: string) => from(Array.from({ length: 40 }, () => source.deliver(data)));
        mergeByPriority({ critical: of40('c'), low: of(source.deliver('low')) }, { maxInFlight: 1, ageMs: 30 })
          .pipe(
            handle(() => timer(10)),
            acknowledge(),
          )
          .subscribe();
        flush();
        const place = settledAt(source).findIndex((line) => line.endsWith('low'));
        expect(place).within(9, 11);
      }));

    it('shares as weights say', () =>
      virtualRun(({ source, flush }) => {
        const of60 = (data: string) => from(Array.from({ length: 60 }, () => source.deliver(data)));
        mergeByPriority({ high: of60('h'), low: of60('l') }, { maxInFlight: 1, policy: 'weighted', ageMs: Infinity })
          .pipe(
            handle(() => timer(1)),
            acknowledge(),
          )
          .subscribe();
        flush();
        const first = source.log.slice(0, 51);
        expect(first.filter((line) => line === 'ack l').length).equal(10);
      }));

    it('takes the tier of the source before the message, and the message where sources have none', async () => {
      const order = async (merge: (high: Observable<Delivery<string>>) => Observable<Delivery<string>>) => {
        const source = new TestSource();
        const first = source.deliver('first');
        const rest = [source.deliver('low', { priority: 'low' }), source.deliver('critical', { priority: 'critical' })];
        const seen: string[] = [];
        merge(from([first, ...rest])).subscribe((delivery) => seen.push(delivery.data) > 1 && delivery.ack());
        first.ack();
        await eventually(() => seen.length === 3);
        return seen;
      };
      const options = { maxInFlight: 1 };
      expect(await order((all) => mergeByPriority({ high: all }, options))).deep.equal(['first', 'low', 'critical']);
      expect(await order((all) => mergeByPriority([all], options))).deep.equal(['first', 'critical', 'low']);
      const reversed = (d: Delivery<string>): Priority => (d.message.priority === 'critical' ? 'low' : 'high');
      expect(await order((all) => mergeByPriority([all], { ...options, priorityOf: reversed }))).deep.equal([
        'first',
        'low',
        'critical',
      ]);
    });

    it('fails those that the function throws for, and goes on', () => {
      const source = new TestSource();
      const priorityOf = ({ data }: Delivery<string>): Priority => {
        if (data === 'a') throw new Error('no idea');
        return (data === 'b' ? 'urgent' : 'low') as Priority;
      };
      mergeByPriority([of(...['a', 'b', 'c'].map((data) => source.deliver(data)))], { priorityOf }).subscribe((d) =>
        d.ack(),
      );
      expect(source.log.map((line) => line.slice(0, 30))).deep.equal([
        'fail a: no idea',
        "fail b: priorityOf(value) is 'urgent'".slice(0, 30),
        'ack c',
      ]);
    });

    it('releases what waits of every source when one errors, and on unsubscription', () => {
      const source = new TestSource();
      const fails = concat(
        of(source.deliver('a'), source.deliver('b')),
        throwError(() => new Error('gone')),
      );
      const seen = record(
        mergeByPriority({ high: of(source.deliver('x'), source.deliver('y')), low: fails }, { maxInFlight: 1 }),
      );
      expect(String(seen[1])).equal('Error: gone');
      expect(source.log).deep.equal(['release y', 'release a', 'release b']);
      const late = new TestSource();
      const input = new Subject<Delivery<string>>();
      let log: readonly string[] = [];
      mergeByPriority([input], { maxInFlight: 1 }).subscribe({ error: () => (log = late.log) });
      for (const data of ['a', 'b']) input.next(late.deliver(data));
      input.error(new Error('gone'));
      expect(log, 'released by the time the error is told').deep.equal(['release b']);
      const other = new TestSource();
      mergeByPriority([of(other.deliver('a'), other.deliver('b')), NEVER], { maxInFlight: 1 })
        .subscribe()
        .unsubscribe();
      expect(other.log).deep.equal(['release b']);
    });

    it('lets a batch behind it close when its members are all that may be in flight', () => {
      const source = new CreditSource(100);
      const seen: unknown[] = [];
      const all = from(Array.from({ length: 6 }, (_, i) => source.deliver(i)));
      mergeByPriority({ normal: concat(all, NEVER) }, { maxInFlight: 3 })
        .pipe(batch({ maxSize: 50 }))
        .subscribe((each) => seen.push(each.data));
      expect(seen).deep.equal([[0, 1, 2]]);
    });
  });

  describe('of plain values', () => {
    it('hands on what comes in one turn by priority, at its end', () =>
      deliveryMarbles(({ hot, expectObservable }) => {
        const low = hot('     -(abc)--d----|');
        const critical = hot('-x------y----|');
        expectObservable(mergeByPriority({ low, critical })).toBe('-(xabc)-(yd)-|');
      }));

    it('looks again after each value: one that comes meanwhile goes before those that wait', async () => {
      const critical = new Subject<string>();
      const seen: string[] = [];
      mergeByPriority({ low: of('a', 'b', 'c'), critical }).subscribe((value) => {
        seen.push(value);
        if (value === 'a') critical.next('x');
      });
      await eventually(() => expect(seen).deep.equal(['a', 'x', 'b', 'c']));
    });

    it('lets timers in while many wait, so that what they bring goes first', async () => {
      const critical = new Subject<number>();
      const low = Array.from({ length: 1_000 }, (_, i) => i + 1);
      const seen: number[] = [];
      mergeByPriority({ low, critical }).subscribe((value) => {
        seen.push(value);
        if (seen.length === 1) setTimeout(() => critical.next(0));
        for (const until = performance.now() + 0.1; performance.now() < until; );
      });
      await eventually(() => seen.length === 1_001);
      expect(seen.indexOf(0)).within(1, 900);
    });

    it('gives them the tier that the function says, else normal', async () => {
      const priorityOf = (n: number): Priority => (n > 2 ? 'critical' : 'low');
      const seen = record(mergeByPriority([of(1, 2, 3), [4]], { priorityOf }));
      await eventually(() => expect(seen).deep.equal([3, 4, 1, 2, '|']));
      const plain = record(mergeByPriority([of('a'), ['b'], Promise.resolve('c')]));
      await eventually(() => expect(plain).deep.equal(['a', 'b', 'c', '|']));
    });

    it('hands on what came before an error, and then errors', () => {
      const fails = concat(
        of('a'),
        throwError(() => 'gone'),
      );
      expect(record(mergeByPriority({ high: of('x'), low: fails }))).deep.equal(['x', 'a', 'gone']);
      const priorityOf = (value: string): Priority => {
        if (value === 'b') throw 'no idea';
        return 'low';
      };
      expect(record(mergeByPriority([of('a', 'b', 'c')], { priorityOf }))).deep.equal(['a', 'no idea']);
    });

    it('errors when a tier is pushed more than it may keep, and keeps the other tiers their room', () => {
      const seen = record(mergeByPriority({ high: of('x'), low: of('a', 'b', 'c') }, { bufferSize: 2 }));
      expect(seen.slice(0, 3)).deep.equal(['x', 'a', 'b']);
      expect(seen[3]).instanceOf(BufferOverflowError).has.property('message').that.includes('more low values');
      expect(seen).length(4);
    });

    it('drops the oldest or the newest of the tier if told to, and says so', async () => {
      for (const [overflow, kept] of [
        ['drop-oldest', ['x', 'c', 'd', '|']],
        ['drop-newest', ['x', 'a', 'b', '|']],
      ] as const) {
        const seen: unknown[] = [];
        const warnings = await warningsOf(2, async () => {
          const merged = mergeByPriority({ high: of('x'), low: of('a', 'b', 'c', 'd') }, { bufferSize: 2, overflow });
          merged.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('|') });
          await eventually(() => expect(seen).deep.equal(kept));
        });
        expect(warnings.map(({ message }) => message)).deep.equal([
          `mergeByPriority dropped 1 so far: its buffer was full (${overflow})`,
          `mergeByPriority dropped 2 in all: its buffer was full (${overflow})`,
        ]);
      }
    });

    it('hands on nothing more once unsubscribed', async () => {
      const seen: string[] = [];
      const merged = mergeByPriority({ low: of('a', 'b', 'c') });
      merged.pipe(take(1)).subscribe((value) => seen.push(value));
      await eventually(() => seen.length === 1);
      merged.subscribe((value) => seen.push(value)).unsubscribe();
      await new Promise((resolve) => setImmediate(resolve));
      expect(seen).deep.equal(['a']);
    });

    it('keeps the stack flat when each value brings the next', async () => {
      const input = new Subject<number>();
      let last = 0;
      mergeByPriority([input]).subscribe((n) => {
        last = n;
        if (n < 50_000) input.next(n + 1);
      });
      input.next(1);
      await eventually(() => last === 50_000);
    });
  });

  it('subscribes to the most urgent first, and to none once the subscriber has enough', () => {
    const subscribed: string[] = [];
    const source = new TestSource();
    const told = (name: string) =>
      new Observable<Delivery<string>>((subscriber) => {
        subscribed.push(name);
        subscriber.next(source.deliver(name));
      });
    mergeByPriority({ low: told('low'), high: told('high') })
      .pipe(take(1))
      .subscribe();
    expect(subscribed).deep.equal(['high']);
  });

  it('has its sources as routes of the graph', () => {
    const source = new TestSource();
    const high = NEVER.pipe(
      map(() => source.deliver('a')),
      acknowledge(),
    );
    const [node] = chainOf(mergeByPriority({ low: NEVER, high }, { maxInFlight: 3 }));
    expect(node).deep.include({ kind: 'source', attributes: { maxInFlight: 3, policy: 'strict' } });
    expect(node?.routes?.map(({ name, inner }) => [name, inner?.map((each) => each.name)])).deep.equal([
      ['high', ['operator', 'acknowledge']],
      ['low', []],
    ]);
  });

  it('checks its arguments at the call', () => {
    const wrong: readonly [() => unknown, string][] = [
      [() => mergeByPriority({}), 'sources is {}: it takes an object with a source for some tiers, or an array'],
      [() => mergeByPriority([]), 'sources is []'],
      [() => mergeByPriority(undefined as never), 'sources is undefined'],
      [
        () => mergeByPriority({ urgent: NEVER } as never),
        'it takes nothing: the tiers are critical, high, normal, low',
      ],
      [() => mergeByPriority({ low: 3 } as never), 'sources.low is 3: it takes an Observable'],
      [() => mergeByPriority([NEVER, null as never]), 'sources.1 is null: it takes an Observable'],
      [() => mergeByPriority([NEVER], { maxInFlight: 0 }), 'maxInFlight is 0'],
      [() => mergeByPriority([NEVER], { bufferSize: -1 }), 'bufferSize is -1'],
      [() => mergeByPriority([NEVER], { overflow: 'wait' as never }), "overflow is 'wait': it takes 'error'"],
      [() => mergeByPriority([NEVER], { priorityOf: 'low' as never }), "priorityOf is 'low': it takes a function"],
      [() => mergeByPriority([NEVER], { policy: 'no' as never }), "policy is 'no'"],
    ];
    for (const [call, says] of wrong) expect(call).throw(InvalidOptionError, says);
  });
});
