import { expect } from 'chai';
import fc from 'fast-check';
import { type Indicator, LatePeriodError, periodOf, sma } from '../../src/analytics/index.ts';
import { RevisableSeries } from '../../src/analytics/revisableSeries.ts';
import type { Period } from '../../src/core/period.ts';
import { INDICATORS } from './support/reference.ts';
import { resultsOf } from './support/resultsOf.ts';

const all = fc.constantFrom(...Object.entries(INDICATORS));
const value = fc.option(
  fc.integer({ min: -1000, max: 4000 }).map((n) => n / 8),
  { freq: 6 },
);
const values = fc.array(value, { maxLength: 60 });
/** A quarter, so many after the first of 2000. */
const quarter = (i: number): string => `${2000 + Math.floor(i / 4)}-Q${(i % 4) + 1}`;
const period = (i: number): Period => periodOf(quarter(i)) ?? expect.fail(quarter(i));
const ofQuarters = (indicator: Indicator<unknown>, of: readonly (number | null)[]) =>
  resultsOf(
    indicator,
    of,
    of.map((_, i) => quarter(i)),
  );

describe('laws of every indicator', () => {
  it('a step leaves the state as it was: taken again, it gives the same', () =>
    fc.assert(
      fc.property(all, values, ([, indicator], list) => {
        let state = indicator.start;
        list.forEach((one, i) => {
          const before = structuredClone(state);
          const first = indicator.step(state, one, period(i));
          indicator.step(state, 17, period(i));
          expect(state).deep.equal(before);
          expect(indicator.step(state, one, period(i))).deep.equal(first);
          [state] = first;
        });
      }),
    ));

  it('its state is plain data: it can be kept as JSON, and goes on from there', () =>
    fc.assert(
      fc.property(all, values, value, ([, indicator], list, next) => {
        const end = list.reduce<unknown>((state, one, i) => indicator.step(state, one, period(i))[0], indicator.start);
        const kept = JSON.parse(JSON.stringify(end)) as unknown;
        const [, expected] = indicator.step(end, next, period(list.length));
        expect(indicator.step(kept, next, period(list.length))[1]).deep.equal(expected);
      }),
    ));

  it('what is computed from a window forgets what is before it', () => {
    const windowed = ['sma(5)', 'wma(5)', 'bollinger(5, 1.5)', 'zScore(5)', 'volatility(5, 12)'] as const;
    const there = fc.integer({ min: 1, max: 4000 }).map((n) => n / 8);
    fc.assert(
      fc.property(
        fc.constantFrom(...windowed),
        fc.array(there, { maxLength: 30 }),
        fc.array(there, { minLength: 6, maxLength: 6 }),
        (key, before, window) => {
          const indicator = INDICATORS[key] as Indicator<unknown>;
          expect(resultsOf(indicator, [...before, ...window]).at(-1)).deep.equal(resultsOf(indicator, window).at(-1));
        },
      ),
    );
  });

  it('a mean of a window is between its least and its greatest, in whatever order they come', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (window) => {
          const [mean] = resultsOf(sma({ length: 5 }), window).slice(-1);
          expect(mean).within(Math.min(...window), Math.max(...window));
          expect(resultsOf(sma({ length: 5 }), window.toReversed()).at(-1)).equal(mean);
        },
      ),
    ));
});

describe('laws of a series that is revised', () => {
  /** Runs observations through a series; what each gave, by its period: the last counts. */
  function run(indicator: Indicator<unknown>, history: number, of: readonly (readonly [number, number | null])[]) {
    const series = new RevisableSeries('s', indicator, history);
    return new Map(of.map(([i, one]) => [i, series.next(period(i), one)]));
  }

  it('value by value it gives what the batch gives', () =>
    fc.assert(
      fc.property(all, fc.integer({ min: 1, max: 9 }), values, ([, indicator], history, list) => {
        const got = run(indicator, history, [...list.entries()]);
        expect([...got.values()]).deep.equal(ofQuarters(indicator, list));
      }),
    ));

  it('what comes again has its result again, and counts once', () =>
    fc.assert(
      fc.property(all, values, fc.array(fc.nat({ max: 4 }), { maxLength: 60 }), ([, indicator], list, backs) => {
        const again = list.flatMap((_, i) => [i, Math.max(0, i - (backs[i] ?? 0))]);
        const series = new RevisableSeries('s', indicator, 5);
        const expected = ofQuarters(indicator, list);
        for (const i of again) expect(series.next(period(i), list[i] ?? null)).deep.equal(expected[i]);
      }),
    ));

  it('whatever the order within its history, the last period ends up with the same result', () =>
    fc.assert(
      fc.property(all, values, fc.array(fc.nat({ max: 3 }), { maxLength: 60 }), ([, indicator], list, delays) => {
        fc.pre(list.length > 0);
        const late = [...list.keys()].sort((a, b) => a + (delays[a] ?? 0) - (b + (delays[b] ?? 0)) || a - b);
        const got = run(
          indicator,
          4,
          [...late, list.length - 1].map((i) => [i, list[i] ?? null] as const),
        );
        expect(got.get(list.length - 1)).deep.equal(ofQuarters(indicator, list).at(-1));
      }),
    ));

  it('after revisions it gives what it would have given of the revised values', () =>
    fc.assert(
      fc.property(
        all,
        values,
        fc.array(fc.tuple(fc.nat({ max: 5 }), value), { maxLength: 60 }),
        ([, indicator], list, revisions) => {
          const series = new RevisableSeries('s', indicator, 6);
          const revised: (number | null)[] = [];
          for (const [i, one] of list.entries()) {
            revised.push(one);
            expect(series.next(period(i), one)).deep.equal(ofQuarters(indicator, revised).at(-1));
            const [back, instead] = revisions[i] ?? [0, one];
            const at = Math.max(0, i - back);
            revised[at] = instead;
            expect(series.next(period(at), instead)).deep.equal(ofQuarters(indicator, revised)[at]);
          }
        },
      ),
      { numRuns: 50 },
    ));

  it('what is before its history is refused, and changes nothing', () =>
    fc.assert(
      fc.property(all, fc.array(value, { minLength: 6, maxLength: 40 }), ([, indicator], list) => {
        const series = new RevisableSeries('s', indicator, 4);
        const end = list.length - 1;
        list.forEach((one, i) => void series.next(period(i), one));
        expect(() => series.next(period(end - 4), 99)).throw(LatePeriodError);
        expect(series.next(period(list.length), 1)).deep.equal(ofQuarters(indicator, [...list, 1]).at(-1));
      }),
    ));
});
