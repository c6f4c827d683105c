import { expect } from 'chai';
import { concat, from, map, of, throwError, toArray } from 'rxjs';
import {
  analyseObservations,
  analyser,
  changeOnYear,
  correlation,
  indicate,
  LatePeriodError,
  type Observation,
  sma,
} from '../../src/analytics/index.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { warningsOf } from '../support/warnings.ts';

const mean = { mean: sma({ length: 2 }) };
const at = (series: string, year: number, value: number | null = year): Observation => ({
  series,
  period: `${year}`,
  value,
});

describe('analyser', () => {
  it('goes on over subscriptions', () => {
    const analysed = analyser(mean);
    const means: unknown[] = [];
    for (const year of [2001, 2002])
      of(at('s', year))
        .pipe(map(analysed))
        .subscribe((data) => means.push(data.mean));
    expect(means).deep.equal([null, 2001.5]);
  });

  it('forgets the series that was used longest ago, and tells once', async () => {
    const analysed = analyser(mean, { maxSeries: 2 });
    const means: unknown[] = [];
    const warnings = await warningsOf(1, () => {
      const used = [at('a', 2001), at('b', 2001), at('a', 2002), at('c', 2001), at('a', 2003), at('b', 2002)];
      for (const one of used) means.push(analysed(one).mean);
    });
    expect(means).deep.equal([null, null, 2001.5, null, 2002.5, null]);
    expect(warnings.map(({ code }) => code)).deep.equal(['SERIES_FORGOTTEN']);
    expect(warnings[0]?.message).contain('more than 2 series are analysed');
  });

  it('keeps so many series, with so many periods, whatever comes', () => {
    const analysed = analyser({ ...mean, onYear: changeOnYear() }, { maxSeries: 100 });
    for (let i = 0; i < 20_000; i += 1) analysed(at(`s${i % 50}`, 2000 + Math.floor(i / 50)));
    expect(analysed(at('s7', 2400))).include({ mean: 2399.5 });
  });
});

describe('analyseObservations', () => {
  it('adds what indicators give, of each subscription by itself', () => {
    const analysed = from([at('s', 2001, 1), at('s', 2002, 2)]).pipe(analyseObservations(mean), toArray());
    for (const _ of [1, 2]) {
      analysed.subscribe((all) =>
        expect(all).deep.equal([
          { ...at('s', 2001, 1), mean: null },
          { ...at('s', 2002, 2), mean: 1.5 },
        ]),
      );
    }
  });

  it('reads data of another form', () => {
    const bars = [
      { symbol: 'X', day: '2026-10-01', close: 1 },
      { symbol: 'X', day: '2026-10-02', close: 3 },
    ];
    const observe = ({ symbol, day, close }: (typeof bars)[0]): Observation => ({
      series: symbol,
      period: day,
      value: close,
    });
    const seen: unknown[] = [];
    from(bars)
      .pipe(analyseObservations(mean, { observe }))
      .subscribe((bar) => seen.push([bar.close, bar.mean]));
    expect(seen).deep.equal([
      [1, null],
      [3, 2],
    ]);
  });

  it('errors at what comes too late, and completes and errors with its source', () => {
    const seen: unknown[] = [];
    const observer = {
      next: () => seen.push('next'),
      error: (error: Error) => seen.push(error.name),
      complete: () => seen.push('end'),
    };
    from([at('s', 2002), at('s', 2003), at('s', 2001)])
      .pipe(analyseObservations(mean, { history: 1 }))
      .subscribe(observer);
    from([]).pipe(analyseObservations(mean)).subscribe(observer);
    concat(
      of(at('s', 2001)),
      throwError(() => new TypeError('gone')),
    )
      .pipe(analyseObservations(mean))
      .subscribe(observer);
    expect(seen).deep.equal(['next', 'next', LatePeriodError.name, 'end', 'next', 'TypeError']);
  });

  it('refuses at the call what makes no sense', () => {
    expect(() => analyseObservations({})).throw(InvalidOptionError, 'it takes an object of indicators');
  });
});

describe('indicate', () => {
  it('runs an indicator over bare values, of each subscription by itself', () => {
    const means = from([1, 2, null, 4]).pipe(indicate(sma({ length: 2 })), toArray());
    for (const _ of [1, 2]) means.subscribe((all) => expect(all).deep.equal([null, 1.5, null, 3]));
  });

  it('runs over pairs', () => {
    const pairs = [
      [1, 2],
      [2, 4],
      [3, 5],
    ] as const;
    from(pairs)
      .pipe(indicate(correlation({ length: 3 })), toArray())
      .subscribe(([, , r]) => expect(r).closeTo(0.9819805060619657, 1e-15));
  });

  it('refuses what goes by periods, and what is no indicator', () => {
    expect(() => indicate(changeOnYear())).throw(InvalidOptionError, "indicator is 'changeOnYear': it takes");
    expect(() => indicate(sma as never)).throw(InvalidOptionError, "indicator is 'sma': it takes");
    expect(() => indicate(undefined as never)).throw(InvalidOptionError, 'indicator is undefined: it takes');
  });
});
