import { expect } from 'chai';
import fc from 'fast-check';
import { from, map, toArray } from 'rxjs';
import {
  type CorrelateOptions,
  correlate,
  correlateObservations,
  correlation,
  correlator,
  FrequencyMismatchError,
  LatePeriodError,
  type Observation,
} from '../../src/analytics/index.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';
import { warningsOf } from '../support/warnings.ts';
import { resultsOf } from './support/resultsOf.ts';

const r = { r: { of: ['x', 'y'], length: 2 } } as const;
const at = (series: string, year: number, value: number | null): Observation => ({ series, period: `${year}`, value });
const xs = [1, 2, 4, 3, 7];
const ys = [5, 4, 8, 9, 9];
const both = xs.flatMap((x, i) => [at('x', 2001 + i, x), at('y', 2001 + i, ys[i] ?? null)]);
const expected = resultsOf(
  correlation({ length: 2 }),
  xs.map((x, i) => [x, ys[i] as number] as const),
);

describe('correlate', () => {
  operatorCatalogue('correlate', () =>
    correlate(r, { observe: (): Observation => ({ series: 'x', period: '2024', value: 1 }) }),
  );

  it('gives the correlation with the observation that completes a period, and settles nothing', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, flush, source }) => {
      const data: Readonly<Record<string, Observation>> = {
        a: at('x', 2001, 1),
        b: at('y', 2001, 5),
        c: at('x', 2002, 2),
        d: at('y', 2002, 4),
        z: at('z', 2002, 0),
      };
      const results = deliveries(cold('-a-b-c-z-d-|')).pipe(
        correlate(r, { observe: (letter: string) => data[letter] as Observation }),
        map((delivery) => delivery.data.r),
      );
      expectObservable(results).toBe('-n-n-n-n-r-|', { n: null, r: -1 });
      flush();
      expect(source.unsettled).deep.equal(['a', 'b', 'c', 'z', 'd']);
    }));

  it('fails for good series of two frequencies, and goes on', () => {
    const source = new TestSource();
    const odd: Observation = { series: 'y', period: '2001-01', value: 1 };
    const seen: unknown[] = [];
    from([...both.slice(0, 3), odd, ...both.slice(3)].map((one) => source.deliver(one)))
      .pipe(correlate(r))
      .subscribe(({ data }) => seen.push(data.r));
    expect(seen.filter((_, i) => i % 2)).deep.equal(expected);
    const [verdict] = source.settlements.map(({ verdict }) => verdict);
    expect(verdict).nested.property('error').instanceOf(FrequencyMismatchError);
    expect(source.log[0]).contain(
      "period '2001-01' of series 'y' is monthly: series 'x', with which it is put in line",
    );
  });

  it('keeps the duty', () => {
    const source = new TestSource();
    from([source.deliver(at('x', 2001, 1))])
      .pipe(correlate(r))
      .subscribe((delivery) => delivery.ack());
    expect(source.settlements.map(({ verdict }) => verdict.kind)).deep.equal(['ack']);
  });
});

describe('correlator', () => {
  const completing = (observations: readonly Observation[], options?: CorrelateOptions) => {
    const correlated = correlator(r, options);
    return observations.map((one) => correlated(one).r);
  };

  it('does not mind which side is ahead', () => {
    const sides = [both.filter(({ series }) => series === 'x'), both.filter(({ series }) => series === 'y')] as const;
    expect(completing([...sides[0], ...sides[1]]).slice(5)).deep.equal(expected);
    expect(completing([...sides[1], ...sides[0]]).slice(5)).deep.equal(expected);
  });

  it('gives the last pair the same result, in whatever order the two come', () =>
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 6 }), { minLength: 10, maxLength: 10 }), (delays) => {
        const order = [...both.keys()].sort((a, b) => a + (delays[a] ?? 0) - (b + (delays[b] ?? 0)) || a - b);
        const observations = order.map((i) => both[i] as Observation);
        expect(completing([...observations, both.at(-1) as Observation]).at(-1)).equal(expected.at(-1));
      }),
    ));

  it('does not count a period that one side has not, or where one is NA', () => {
    const more = [at('x', 1999, 77), at('y', 2000, 7), at('x', 2000, null)];
    expect(
      completing([...more, ...both])
        .slice(3)
        .filter((_, i) => i % 2),
    ).deep.equal(expected);
  });

  it('counts what comes again once, and a revised value in place of the old one', () => {
    const again = both.flatMap((one) => [one, one]);
    expect(completing(again).filter((_, i) => i % 4 === 3)).deep.equal(expected);
    const wrong = both.map((one, i) => (i === 6 ? { ...one, value: 99 } : one));
    const revised = completing([...wrong, both[6] as Observation, ...both.slice(8)]);
    expect(revised.slice(-3)).deep.equal([expected[3], expected[4], expected[4]]);
  });

  it('refuses a pair that is older than its history', () => {
    const missing = both.filter((_, i) => i !== 1);
    expect(() => completing([...missing, both[1] as Observation], { history: 2 })).throw(LatePeriodError, "'x with y'");
  });

  it('lets go of what waits too long, and tells once', async () => {
    const ahead = Array.from({ length: 20 }, (_, i) => at('x', 1981 + i, i));
    const warnings = await warningsOf(1, () => {
      const late = [at('y', 1981, 1), at('y', 1999, 1), at('y', 2000, 3)];
      expect(completing([...ahead, ...late], { maxWaiting: 3 }).slice(-3)).deep.equal([null, null, 1]);
    });
    expect(warnings.map(({ code }) => code)).deep.equal(['PERIODS_UNMATCHED']);
  });

  it('tells nothing when it lets go of what had its partner', async () => {
    const warnings = await warningsOf(0, () => completing(both, { maxWaiting: 2 }));
    expect(warnings).deep.equal([]);
  });

  it('refuses what makes no sense', () => {
    expect(() => correlator({})).throw(InvalidOptionError, 'it takes an object of pairs');
    const takes = 'it takes the names of two different series';
    expect(() => correlator({ r: { of: ['x', 'x'], length: 2 } })).throw(InvalidOptionError, takes);
    expect(() => correlator({ r: { of: ['x'] as never, length: 2 } })).throw(InvalidOptionError, takes);
    expect(() => correlator({ r: null as never })).throw(InvalidOptionError, takes);
    expect(() => correlate({ r: { of: ['x', 'y'], length: 1 } })).throw(InvalidOptionError, 'length is 1');
    expect(() => correlator({ period: r.r })).throw(InvalidOptionError, "a name in correlations is 'period'");
    expect(() => correlator(r, { maxWaiting: 0 })).throw(InvalidOptionError, 'maxWaiting is 0');
  });
});

describe('correlateObservations', () => {
  it('gives the same over observations by themselves, of each subscription', () => {
    const results = from(both).pipe(
      correlateObservations(r),
      map((data) => data.r),
      toArray(),
    );
    for (const _ of [1, 2]) {
      results.subscribe((all) => expect(all.filter((_, i) => i % 2)).deep.equal(expected));
    }
  });
});
