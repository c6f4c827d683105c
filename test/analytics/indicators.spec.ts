import { expect } from 'chai';
import {
  bollinger,
  correlation,
  drawdown,
  ema,
  type Indicator,
  indicator,
  macd,
  type Pair,
  rsi,
  sma,
  volatility,
  wma,
  zScore,
} from '../../src/analytics/index.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { resultsOf } from './support/resultsOf.ts';

const NA = null;
const upTo = (count: number) => Array.from({ length: count }, (_, i) => 100 + (i % 7) * i);

describe('indicators', () => {
  it('give what their descriptions show', () => {
    expect(resultsOf(sma({ length: 3 }), [1, 2, 3, NA, 4])).deep.equal([null, null, 2, null, 3]);
    expect(resultsOf(wma({ length: 2 }), [3, 6, 9, NA, 6])).deep.equal([null, 5, 8, null, 7]);
    expect(resultsOf(ema({ length: 3 }), [2, 4, 6, NA, 4])).deep.equal([null, null, 4, null, 4]);
    expect(resultsOf(rsi({ length: 3 }), [1, 2, 4, 3, NA, 3])).deep.equal([null, null, null, 75, null, 75]);
    const falls = resultsOf(drawdown(), [100, 120, 90, NA, 110]);
    expect(falls.map((fall) => fall && Math.round(fall.drawdown * 100) / 100)).deep.equal([0, 0, 25, null, 8.33]);
    expect(falls.map((fall) => fall?.maximum)).deep.equal([0, 0, 25, undefined, 25]);
  });

  const all: readonly Indicator<unknown>[] = [
    sma({ length: 4 }),
    wma({ length: 4 }),
    ema({ length: 4 }),
    rsi({ length: 4 }),
    macd({ fast: 2, slow: 5, signal: 3 }),
    bollinger({ length: 4 }),
    volatility({ length: 4, periodsPerYear: 12 }),
    drawdown(),
    zScore({ length: 4 }),
  ];

  for (const one of all) {
    it(`${one.name} has its first result with value ${one.warmUp}, as it says`, () => {
      const results = resultsOf(one, upTo(20));
      expect(results.findIndex((result) => result !== null)).equal(one.warmUp - 1);
      expect(results.slice(one.warmUp - 1)).not.include(null);
    });

    it(`${one.name} skips NA: as if the period were not there`, () => {
      const values = upTo(20);
      const withNa = values.flatMap((value, i) => (i % 3 === 0 ? [NA, value] : [value]));
      const results = resultsOf(one, withNa).filter((_, i) => withNa[i] !== NA);
      expect(results).deep.equal(resultsOf(one, values));
      expect(resultsOf(one, withNa).filter((_, i) => withNa[i] === NA)).deep.equal(Array(7).fill(null));
    });
  }

  it('macd has its signal later than its line', () => {
    const [before, first] = resultsOf(macd(), upTo(34)).slice(-2);
    expect(before).include({ signal: null, histogram: null });
    expect(first?.signal).a('number');
    expect(first?.histogram).closeTo((first?.macd ?? 0) - (first?.signal ?? 0), 1e-12);
  });

  it('has no answer where the formula has none', () => {
    expect(resultsOf(rsi({ length: 2 }), [5, 5, 5, 5])).deep.equal([null, null, null, null]);
    expect(resultsOf(zScore({ length: 2 }), [0.1, 0.1])).deep.equal([null, null]);
    expect(resultsOf(drawdown(), [-3, 0])).deep.equal([null, null]);
    const flat: readonly Pair[] = [
      [1, 7],
      [2, 7],
    ];
    expect(resultsOf(correlation({ length: 2 }), flat)).deep.equal([null, null]);
  });

  it('volatility has none while its window holds what has no logarithm', () => {
    const results = resultsOf(volatility({ length: 2, periodsPerYear: 1 }), [1, 2, 0, 3, 4, 5]);
    expect(results.map((result) => result !== null)).deep.equal([false, false, false, false, false, true]);
  });

  it('volatility sees a crash to a tenth', () => {
    const returns = [Math.log(2), Math.log(0.01), Math.log(2)];
    const mean = returns.reduce((sum, value) => sum + value) / 3;
    const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2;
    const [result] = resultsOf(volatility({ length: 3, periodsPerYear: 1 }), [1, 2, 0.02, 0.04]).slice(-1);
    expect(result).closeTo(100 * Math.sqrt(variance), 1e-10);
  });

  it('can be made by others', () => {
    const highest = indicator<number, number>({
      name: 'highest',
      warmUp: 1,
      start: -Infinity,
      step: (before, value) => [Math.max(before, value), Math.max(before, value)],
    });
    expect(resultsOf(highest, [1, 3, NA, 2])).deep.equal([1, 3, null, 3]);
  });

  it('refuse what makes no sense', () => {
    const refused: readonly [() => unknown, string][] = [
      [() => sma({ length: 0 }), 'length is 0: it takes a whole number from 1'],
      [() => wma({ length: 1.5 }), 'length is 1.5: it takes a whole number from 1'],
      [() => ema({ length: Number.NaN }), 'length is NaN: it takes a whole number from 1'],
      [() => rsi({ length: 0 }), 'length is 0: it takes a whole number from 1'],
      [() => macd({ fast: 0 }), 'fast is 0: it takes a whole number from 1'],
      [() => macd({ signal: 0 }), 'signal is 0: it takes a whole number from 1'],
      [() => macd({ slow: 12 }), 'slow is 12: it takes a whole number above fast, which is 12'],
      [() => bollinger({ length: 0 }), 'length is 0: it takes a whole number from 1'],
      [() => bollinger({ deviations: 0 }), 'deviations is 0: it takes a number above 0'],
      [() => volatility({ length: 1, periodsPerYear: 12 }), 'length is 1: it takes a whole number from 2'],
      [() => volatility({ length: 2, periodsPerYear: 0 }), 'periodsPerYear is 0: it takes a number above 0'],
      [() => zScore({ length: 1 }), 'length is 1: it takes a whole number from 2'],
      [() => zScore({ length: 2, spread: 'x' as never }), "spread is 'x': it takes 'sample' or 'population'"],
      [() => correlation({ length: 1 }), 'length is 1: it takes a whole number from 2'],
    ];
    for (const [make, message] of refused) expect(make).throw(InvalidOptionError, message);
  });
});
