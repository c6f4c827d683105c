import { expect } from 'chai';
import { map, Observable, of, Subject, take, throwError, VirtualTimeScheduler } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { Priority } from '../../src/core/priority.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { limitRate } from '../../src/operators/limitRate.ts';
import type { RateLimit } from '../../src/operators/rateLimit.ts';
import { tokenBucket } from '../../src/operators/tokenBucket.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';
import { settledAt, virtualRun } from '../support/virtualRun.ts';

const TIERS: Readonly<Record<string, Priority>> = { c: 'critical', l: 'low' };

function tiered(source: TestSource, data: string): Delivery<string> {
  return source.deliver(data, { priority: TIERS[data[0] as string] ?? 'normal' });
}

describe('limitRate', () => {
  operatorCatalogue('limitRate', () => limitRate({ rate: 0.001, burst: 1 }));

  it('passes on a burst at once, and then at the rate', () =>
    deliveryMarbles(({ hot, deliveries, dataOf, expectObservable }) => {
      const letters = deliveries(hot('-(abcd)----------|'));
      expectObservable(dataOf(letters.pipe(limitRate({ rate: 250, burst: 2 })))).toBe('-(ab)c---d-------|');
    }));

  it('keeps what it did not need, up to the burst', () =>
    deliveryMarbles(({ hot, deliveries, dataOf, expectObservable }) => {
      const letters = deliveries(hot('-a-----------(bcd)----|'));
      expectObservable(dataOf(letters.pipe(limitRate({ rate: 250, burst: 2 })))).toBe('-a-----------(bc)d----|');
    }));

  it('goes on completing what waits when its source is complete', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      const limited = deliveries(cold('(abc|)')).pipe(limitRate({ rate: 250, burst: 1 }));
      expectObservable(dataOf(limited)).toBe('a---b---(c|)');
    }));

  it('gives the next token to the most urgent that waits, or by weight', () => {
    const order = (options: Parameters<typeof limitRate>[1]) => {
      let log: readonly string[] = [];
      virtualRun(({ hot, source, flush }) => {
        hot('(xlllll)c(ccccccc)|')
          .pipe(
            map((letter) => tiered(source, letter)),
            limitRate({ rate: 50 }, options),
            acknowledge(),
          )
          .subscribe();
        flush();
        log = settledAt(source);
      });
      return log.map((line) => line.replace(' ack ', '')).join(' ');
    };
    expect(order({})).equal('0x 20c 40c 60c 80c 100c 120c 140c 160c 180l 200l 220l 240l 260l');
    const weighted = order({ policy: 'weighted', weights: { critical: 2, low: 1 } });
    expect(weighted.replaceAll(/\d| /g, '')).equal('xcclcclcclccll');
    expect(order({ ageMs: 10 }).replaceAll(/\d| /g, '')).equal('xcclclclclclcc');
  });

  it('drops what others settle while it waits, and takes no token for it', () =>
    virtualRun(({ source, at, flush }) => {
      const input = new Subject<Delivery<string>>();
      const seen: string[] = [];
      input.pipe(limitRate({ rate: 100 })).subscribe(({ data }) => seen.push(`${source.settlements.length} ${data}`));
      const [a, b, c] = ['a', 'b', 'c'].map((data) => source.deliver(data));
      at(0, () => {
        for (const delivery of [a, b, c]) input.next(delivery as Delivery<string>);
      });
      at(5, () => b?.release());
      at(11, () => expect(seen).deep.equal(['0 a', '1 c']));
      flush();
      expect(seen).length(2);
    }));

  it('passes on in their turn those that had been settled before they came', () => {
    const source = new TestSource();
    const a = source.deliver('a');
    a.ack();
    const seen: string[] = [];
    of(a)
      .pipe(limitRate({ rate: 1 }))
      .subscribe(({ data }) => seen.push(data));
    expect(seen).deep.equal(['a']);
  });

  it('releases what waits when unsubscribed, and when its source errors', () => {
    for (const end of ['unsubscribe', 'error'] as const) {
      const source = new TestSource();
      const input = new Subject<Delivery<string>>();
      const subscription = input.pipe(limitRate({ rate: 0.001 })).subscribe({ error: () => undefined });
      for (const data of ['a', 'b']) input.next(source.deliver(data));
      if (end === 'unsubscribe') subscription.unsubscribe();
      else input.error(new Error('gone'));
      expect([source.log, source.unsettled]).deep.equal([['release b'], ['a']]);
    }
  });

  it('gives back what a token brings, when its subscriber has enough', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    const first = source.deliver('a');
    input.pipe(limitRate({ rate: 1, burst: 9 }), take(1)).subscribe(() => input.next(source.deliver('b')));
    input.next(first);
    expect([source.log, source.unsettled]).deep.equal([['release b'], ['a']]);
  });

  it('keeps the order, and the stack flat, when each brings the next at once', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<number>>();
    const seen: number[] = [];
    input.pipe(limitRate({ rate: 1, burst: 60_000 })).subscribe(({ data }) => {
      seen.push(data);
      if (data < 50_000) input.next(source.deliver(data + 1));
    });
    input.next(source.deliver(0));
    expect(seen.length).equal(50_001);
    expect(seen.every((n, i) => n === i)).equal(true);
  });

  describe('with a limit that is changed', () => {
    it('goes by the new rate at once, also for what waits', () =>
      virtualRun(({ source, hot, at, flush }) => {
        const limit = tokenBucket({ rate: 0.01 });
        hot('(abc)-|')
          .pipe(
            map((letter) => source.deliver(letter)),
            limitRate(limit),
            acknowledge(),
          )
          .subscribe();
        at(30, () => void limit.set({ rate: 100 }));
        at(30, () => expect(limit.limits).deep.equal({ rate: 100, burst: 1 }));
        flush();
        expect(settledAt(source)).deep.equal(['0 ack a', '40 ack b', '50 ack c']);
      }));

    it('keeps the tokens that it has, up to the new burst', () =>
      virtualRun(({ flush, at }) => {
        const limit = tokenBucket({ rate: 0.001, burst: 5 });
        const taken = () => {
          let count = 0;
          while (limit.take()) count += 1;
          return count;
        };
        at(0, () => void limit.set({ rate: 0.001, burst: 3 }));
        at(1, () => expect(taken()).equal(3));
        flush();
        expect(taken()).equal(0);
      }));

    it('is one for all operators that it is given to', () =>
      virtualRun(({ source, flush }) => {
        const limit = tokenBucket({ rate: 100 });
        for (const letter of ['a', 'b', 'c']) {
          of(source.deliver(letter)).pipe(limitRate(limit), acknowledge()).subscribe();
        }
        flush();
        expect(source.settlements.map(({ at }) => at)).deep.equal([0, 10, 20]);
      }));

    it('refuses limits that make no sense', async () => {
      const limit = tokenBucket({ rate: 1 });
      for (const wrong of [{ rate: 0 }, { rate: 1, burst: 0 }]) {
        const error = await limit.set(wrong).catch((cause: unknown) => cause);
        expect(error).instanceOf(InvalidOptionError);
      }
      expect(limit.limits).deep.equal({ rate: 1, burst: 1 });
    });

    it('is not misled by a clock that is put back, nor by a rate that takes longer than a timer can wait', () => {
      const scheduler = new VirtualTimeScheduler();
      let now = 1_000_000;
      scheduler.now = () => now;
      const limit = tokenBucket({ rate: 1e-9 }, { scheduler });
      expect([limit.take(), limit.take()]).deep.equal([true, false]);
      limit.ready(1).subscribe();
      expect(scheduler.actions[0]?.delay).equal(2 ** 31 - 1);
      now = 0;
      const fast = tokenBucket({ rate: 1_000, burst: 1 }, { scheduler });
      fast.take();
      now = -5_000;
      expect(fast.take()).equal(false);
      now = -4_999;
      expect(fast.take()).equal(true);
    });
  });

  it('errors with what the limit fails with, and what waits is released', () => {
    const source = new TestSource();
    const broken: RateLimit = {
      limits: { rate: 1, burst: 1 },
      set: () => Promise.resolve(),
      take: () => false,
      ready: () => throwError(() => new Error('refused')),
    };
    const errors: unknown[] = [];
    of(source.deliver('a'))
      .pipe(limitRate(broken))
      .subscribe({ error: (error) => errors.push(error) });
    expect([errors.map(String), source.log]).deep.equal([['Error: refused'], ['release a']]);
  });

  it('does not ask a limit for more once it has gone', () => {
    let asked = 0;
    const never: RateLimit = {
      limits: { rate: 1, burst: 1 },
      set: () => Promise.resolve(),
      take: () => false,
      ready: () =>
        new Observable(() => {
          asked += 1;
          return () => {
            asked -= 1;
          };
        }),
    };
    const source = new TestSource();
    const subscription = of(source.deliver('a'), source.deliver('b')).pipe(limitRate(never)).subscribe();
    expect(asked).equal(1);
    subscription.unsubscribe();
    expect([asked, source.log]).deep.equal([0, ['release a', 'release b']]);
  });

  it('checks its arguments at the call', () => {
    const wrong: readonly [unknown, string][] = [
      [undefined, 'limit is undefined: it takes an object with `rate`'],
      [{}, 'rate is undefined: it takes a number a second above 0'],
      [{ rate: -1 }, 'rate is -1'],
      [{ rate: Number.NaN }, 'rate is NaN'],
      [{ rate: Infinity }, 'rate is Infinity'],
      [{ rate: '5' }, "rate is '5'"],
      [{ rate: 5, burst: 0 }, 'burst is 0: it takes a whole number from 1'],
      [{ rate: 5, burst: 1.5 }, 'burst is 1.5'],
    ];
    for (const [limit, says] of wrong) expect(() => limitRate(limit as never)).throw(InvalidOptionError, says);
    expect(() => limitRate({ rate: 1 }, { policy: 'no' as never })).throw(InvalidOptionError, 'policy');
  });
});
