import { expect } from 'chai';
import { correlation, type Indicator } from '../../src/analytics/index.ts';
import { differences } from './support/expectClose.ts';
import { type Expected, INDICATORS, type LongReference, loadReference, type Reference } from './support/reference.ts';
import { resultsOf } from './support/resultsOf.ts';
import { longWalk } from './support/walks.ts';

const LENGTHS = [2, 5, 30];

describe('indicators against their references, to 1e-12', () => {
  const sets = [...loadReference<Reference[]>('made'), ...loadReference<Reference[]>('recorded')];

  it('has every recorded series, and sets that are hard', () => expect(sets.length).greaterThan(15));

  for (const { name, periods, values, results } of sets) {
    it(`every indicator of ${name}`, () => {
      const wrong = Object.entries(results).flatMap(([key, expected]) => {
        const got = resultsOf(INDICATORS[key] as Indicator<Expected>, values, periods);
        return differences(got, expected).map((difference) => `${key}, ${difference}`);
      });
      expect(Object.keys(results).length).at.least(16);
      expect(wrong).deep.equal([]);
    });
  }

  for (const { name, values, results } of loadReference<Reference<readonly [number, number]>[]>('pairs')) {
    it(`correlations of ${name}`, () => {
      const pairs = values.map((pair) => (pair?.includes(null as never) ? null : pair));
      const wrong = LENGTHS.flatMap((length) =>
        differences(resultsOf(correlation({ length }), pairs), results[`correlation(${length})`] ?? []),
      );
      expect(wrong).deep.equal([]);
    });
  }
});

describe('indicators after a million values, to 1e-12', () => {
  const { count, last, results } = loadReference<LongReference>('long');
  const values = [...longWalk(count)];

  it('of the same values as the reference', () => expect(values.at(-1)).equal(last));

  for (const [key, expected] of Object.entries(results)) {
    it(key, () => {
      const { start, step } = INDICATORS[key] as Indicator<unknown>;
      let state = start;
      let result: unknown;
      for (const value of values) [state, result] = step(state, value);
      expect(differences([result], [expected])).deep.equal([]);
    });
  }
});
