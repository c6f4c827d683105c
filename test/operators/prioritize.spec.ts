import { expect } from 'chai';
import { from, map, of, Subject, timer } from 'rxjs';
import { Batch, type Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { Priority } from '../../src/core/priority.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { handle } from '../../src/operators/handle.ts';
import { type PrioritizeOptions, prioritize } from '../../src/operators/prioritize.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { eventually } from '../support/eventually.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';
import { settledAt, type Virtual, virtualRun } from '../support/virtualRun.ts';

const TIERS: Readonly<Record<string, Priority>> = { c: 'critical', h: 'high', n: 'normal', l: 'low' };

/** A delivery whose tier its first letter tells. */
function tiered(source: TestSource, data: string): Delivery<string> {
  return source.deliver(data, { priority: TIERS[data[0] as string] as Priority });
}

/** Through `prioritize` and a handler that takes `ms`: when each was settled. */
function handledIn(options: PrioritizeOptions<string>, marbles: string, ms: number): (virtual: Virtual) => void {
  return ({ hot, source }) => {
    hot(marbles)
      .pipe(
        map((letter) => tiered(source, letter)),
        prioritize(options),
        handle(() => timer(ms), { concurrency: 100 }),
        acknowledge(),
      )
      .subscribe();
  };
}

function settledOrder(test: (virtual: Virtual) => void): readonly string[] {
  let log: readonly string[] = [];
  virtualRun((virtual) => {
    test(virtual);
    virtual.flush();
    log = settledAt(virtual.source);
  });
  return log;
}

describe('prioritize', () => {
  operatorCatalogue('prioritize', () => prioritize({ maxInFlight: 1 }));

  it('hands on the most urgent that waits as what is in flight settles', () => {
    const log = settledOrder(handledIn({ maxInFlight: 1 }, '(llnhc)-|', 10));
    expect(log).deep.equal(['10 ack l', '20 ack c', '30 ack h', '40 ack n', '50 ack l']);
  });

  it('has so many in flight, and no more', () => {
    const log = settledOrder(handledIn({ maxInFlight: 2 }, '(llnhc)-|', 10));
    expect(log).deep.equal(['10 ack l', '10 ack l', '20 ack c', '20 ack h', '30 ack n']);
  });

  it('keeps an urgent one behind no more than is in flight, however many wait', () => {
    const marbles = `${'l'.repeat(50)}c|`;
    const log = settledOrder(handledIn({ maxInFlight: 3 }, marbles, 20));
    const settled = log.map((line) => line.split(' ')[2]);
    // It came at 50: 6 were settled, 3 in flight.
    expect(settled.indexOf('c')).within(6, 9);
  });

  it('starves nothing: what has waited for three times ageMs has its turn in a flood that is more urgent', () => {
    const flood = Array.from({ length: 60 }, (_, i) => `${i} c`);
    const run = (ageMs: number) =>
      settledOrder(({ source, at }) => {
        const input = new Subject<Delivery<string>>();
        input
          .pipe(
            prioritize({ maxInFlight: 1, ageMs }),
            handle(() => timer(10)),
            acknowledge(),
          )
          .subscribe();
        at(0, () => input.next(tiered(source, 'c first')));
        at(0, () => input.next(tiered(source, 'low')));
        for (const [i] of flood.entries()) at(i * 10 + 5, () => input.next(tiered(source, `c${i}`)));
      });
    const place = (log: readonly string[]) => log.findIndex((line) => line.endsWith('low'));
    expect(place(run(Infinity))).equal(61);
    // 3 × 50 ms, the one that is in flight, and a turn.
    expect(place(run(50))).within(15, 19);
  });

  it('shares as weights say', () => {
    const letters = 'chnl'.split('').flatMap((tier) => Array.from({ length: 60 }, () => tier));
    const log = settledOrder(({ source }) => {
      from(letters)
        .pipe(
          map((letter) => tiered(source, letter)),
          prioritize({ maxInFlight: 1, policy: 'weighted', ageMs: Infinity }),
          handle(() => timer(1)),
          acknowledge(),
        )
        .subscribe();
    });
    const count = (tier: string) => log.slice(0, 46).filter((line) => line.endsWith(` ${tier}`)).length;
    // The first was alone, and had its turn for free.
    expect(['c', 'h', 'n', 'l'].map(count)).deep.equal([25, 12, 6, 3]);
  });

  it('asks the function for the tier, and the message otherwise', () => {
    const source = new TestSource();
    const seen: string[] = [];
    const input = new Subject<Delivery<string>>();
    input
      .pipe(
        prioritize({
          maxInFlight: 1,
          priorityOf: (data, { topic }) => (topic === 'test' ? (data as Priority) : 'low'),
        }),
      )
      .subscribe(({ data }) => seen.push(data));
    const first = source.deliver('low');
    for (const delivery of [first, source.deliver('normal'), source.deliver('critical', { topic: 'x' })]) {
      input.next(delivery);
    }
    first.ack();
    return eventually(() => expect(seen).deep.equal(['low', 'normal']));
  });

  it('fails what the function throws for, or gives no tier for', () => {
    const source = new TestSource();
    const priorityOf = (data: string): Priority => {
      if (data === 'a') throw new Error('no idea');
      return 'urgent' as Priority;
    };
    of(source.deliver('a'), source.deliver('b')).pipe(prioritize({ priorityOf })).subscribe();
    expect(source.log).deep.equal([
      'fail a: no idea',
      "fail b: priorityOf(data) is 'urgent': it takes one of critical, high, normal, low",
    ]);
  });

  describe('settlement', () => {
    const setup = (maxInFlight = 1, source: TestSource = new TestSource()) => {
      const input = new Subject<Delivery<string>>();
      const seen: Delivery<string>[] = [];
      const subscription = input.pipe(prioritize({ maxInFlight })).subscribe({
        next: (delivery) => seen.push(delivery),
        error: () => undefined,
      });
      const give = (data: string) => {
        const delivery = tiered(source, data);
        input.next(delivery);
        return delivery;
      };
      const data = () => seen.map((delivery) => delivery.data);
      return { source, input, seen, subscription, give, data };
    };

    it('drops what others settle while it waits', async () => {
      const { give, seen, data } = setup();
      give('n1');
      give('n2').release();
      give('n3');
      seen[0]?.ack();
      await eventually(() => expect(data()).deep.equal(['n1', 'n3']));
    });

    it('releases what waits, and no more, when unsubscribed or when the source errors', () => {
      for (const end of ['unsubscribe', 'error'] as const) {
        const { give, source, subscription, input } = setup();
        give('n1');
        give('n2');
        if (end === 'unsubscribe') subscription.unsubscribe();
        else input.error(new Error('gone'));
        expect([source.log, source.unsettled]).deep.equal([['release n2'], ['n1']]);
      }
    });

    it('passes on what had been settled before it came, without a place', () => {
      const { source, data, input } = setup();
      for (const letter of ['n1', 'n2', 'n3']) {
        const delivery = tiered(source, letter);
        delivery.ack();
        input.next(delivery);
      }
      expect(data()).deep.equal(['n1', 'n2', 'n3']);
    });

    it('lets the source hear of a settlement before the next is handed on', async () => {
      const order: string[] = [];
      const source = new (class extends TestSource {
        override settle(...args: Parameters<TestSource['settle']>): void {
          super.settle(...args);
          order.push(`settled ${this.settlements.length}`);
        }
      })();
      const input = new Subject<Delivery<string>>();
      input.pipe(prioritize({ maxInFlight: 1 })).subscribe((delivery) => {
        order.push(delivery.data);
        if (delivery.data !== 'n1') delivery.ack();
      });
      const first = tiered(source, 'n1');
      for (const delivery of [first, tiered(source, 'n2'), tiered(source, 'n3')]) input.next(delivery);
      first.ack();
      await eventually(() => order.length === 6);
      expect(order).deep.equal(['n1', 'settled 1', 'n2', 'settled 2', 'n3', 'settled 3']);
    });

    it('frees a place when the parts, the members or the whole have settled, in whatever way', async () => {
      const source = new TestSource();
      const input = new Subject<Delivery<unknown>>();
      const seen: unknown[] = [];
      input.pipe(prioritize({ maxInFlight: 1 })).subscribe(({ data }) => seen.push(data));
      const whole = source.deliver('whole');
      const [left, right] = whole.split(['left', 'right']);
      const members = [source.deliver('a'), source.deliver('b')] as const;
      const both = Batch.of(members);
      const [share] = Batch.of([source.deliver('c'), source.deliver('d')]).split(['share']);
      for (const delivery of [left, right, both, share, source.deliver('end')]) input.next(delivery as Delivery);
      const next = async (settle: () => void, expected: unknown) => {
        settle();
        await eventually(() => expect(seen.at(-1)).deep.equal(expected));
      };
      expect(seen).deep.equal(['left']);
      await next(() => left?.ack(), 'right');
      await next(() => whole.reject(new Error('no')), ['a', 'b']);
      members[0].ack();
      await next(() => members[1].ack(), 'share');
      await next(() => share?.duty.origins[0]?.origins.map((member) => member.settle({ kind: 'ack' })), 'end');
    });

    it('keeps the stack flat when settlements bring the next at once', async () => {
      const input = new Subject<Delivery<number>>();
      const source = new (class extends TestSource {
        override settle(...args: Parameters<TestSource['settle']>): void {
          super.settle(...args);
          if (this.settlements.length < 50_000) input.next(this.deliver(this.settlements.length));
        }
      })();
      const seen: number[] = [];
      input.pipe(prioritize({ maxInFlight: 1 }), acknowledge()).subscribe(({ data }) => seen.push(data));
      input.next(source.deliver(0));
      await eventually(() => seen.length === 50_000);
      expect(seen.every((n, i) => n === i)).equal(true);
    });
  });

  it('checks its options at the call', () => {
    for (const maxInFlight of [0, -1, 1.5, Number.NaN, Infinity, '2' as never]) {
      expect(() => prioritize({ maxInFlight })).throw(InvalidOptionError, /^maxInFlight is .*whole number from 1/);
    }
    expect(() => prioritize({ priorityOf: 'high' as never })).throw(InvalidOptionError, 'priorityOf');
    expect(() => prioritize({ policy: 'first' as never })).throw(InvalidOptionError, 'policy');
  });
});
