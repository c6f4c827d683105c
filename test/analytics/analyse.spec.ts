import { expect } from 'chai';
import { from, map, Subject, type Subscription } from 'rxjs';
import {
  type AnalyseOptions,
  analyse,
  changeOnYear,
  FrequencyMismatchError,
  indicator,
  LatePeriodError,
  type Observation,
  ObservationError,
  sma,
} from '../../src/analytics/index.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { chainOf } from '../../src/internal/graph.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';

const mean = { mean: sma({ length: 2 }) };
/** `a` is 1 in 2001, `b` 2 in 2002, … of the series `s`. */
const observe = (letter: string): Observation => {
  const place = letter.charCodeAt(0) - 96;
  return { series: 's', period: `${2000 + place}`, value: place };
};
const of = (series: string, year: number, value: number | null): Observation => ({ series, period: `${year}`, value });
const errorsOf = ({ settlements }: TestSource) =>
  settlements.map(({ verdict }) => ('error' in verdict ? verdict.error : verdict.kind));

describe('analyse', () => {
  operatorCatalogue('analyse', () =>
    analyse(mean, { observe: (text: string): Observation => ({ series: text, period: '2024', value: 1 }) }),
  );

  it('adds what indicators give, and settles nothing', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, flush, source }) => {
      const means = deliveries(cold('-a-b-c-|')).pipe(
        analyse(mean, { observe }),
        map(({ data }) => data.mean),
      );
      expectObservable(means).toBe('-a-b-c-|', { a: null, b: 1.5, c: 2.5 });
      flush();
      expect(source.unsettled).deep.equal(['a', 'b', 'c']);
    }));

  /** What comes out of observations, and the source they came from. */
  function run(observations: readonly Observation[], options?: AnalyseOptions) {
    const source = new TestSource();
    const seen: (Observation & { readonly mean: number | null })[] = [];
    from(observations.map((one) => source.deliver(one)))
      .pipe(analyse(mean, options))
      .subscribe(({ data }) => seen.push(data));
    return { source, seen, means: seen.map((data) => data.mean) };
  }

  it('keeps the data, and the duty: settling what it made settles the source', () => {
    const source = new TestSource();
    const data: Observation & { unit: string } = { ...of('s', 2001, 1), unit: 'EUR' };
    const seen: unknown[] = [];
    from([source.deliver(data)])
      .pipe(analyse(mean))
      .subscribe((delivery) => {
        seen.push(delivery.data);
        delivery.ack();
      });
    expect(seen).deep.equal([{ ...data, mean: null }]);
    expect(errorsOf(source)).deep.equal(['ack']);
  });

  it('computes each series by itself', () => {
    const { means } = run([of('s', 2001, 1), of('t', 2001, 10), of('s', 2002, 2), of('t', 2002, 20)]);
    expect(means).deep.equal([null, null, 1.5, 15]);
  });

  it('counts what is delivered again once, and gives it its result again', () => {
    const { means } = run([of('s', 2001, 1), of('s', 2002, 2), of('s', 2001, 1), of('s', 2002, 2), of('s', 2003, 3)]);
    expect(means).deep.equal([null, 1.5, null, 1.5, 2.5]);
  });

  it('replaces a value that is revised, the last and those before', () => {
    const first = [of('s', 2001, 1), of('s', 2002, 2)];
    const { means } = run([...first, of('s', 2002, 4), of('s', 2001, 3), of('s', 2002, 4), of('s', 2001, null)]);
    expect(means).deep.equal([null, 1.5, 2.5, null, 3.5, null]);
    expect(run([...first, of('s', 2001, null), of('s', 2002, 2), of('s', 2003, 3)]).means.at(-2)).equal(null);
  });

  it('puts what comes late in its place', () => {
    const { means } = run([of('s', 2001, 1), of('s', 2003, 3), of('s', 2002, 2), of('s', 2003, 3)]);
    expect(means).deep.equal([null, 2, 1.5, 2.5]);
  });

  it('fails for good what is older than its history, and goes on', () => {
    const { means, source } = run(
      [2001, 2002, 2003, 2001, 2004].map((year) => of('s', year, year)),
      { history: 2 },
    );
    expect(means).deep.equal([null, 2001.5, 2002.5, 2003.5]);
    const [error] = errorsOf(source) as Error[];
    expect(error).instanceOf(LatePeriodError);
    expect(error).include({ code: 'LATE_PERIOD' });
    expect(error?.message).contain("period '2001' of series 's' came too late: the last 2 periods are kept");
  });

  it('fails for good a period of another frequency, and goes on', () => {
    const odd: Observation = { series: 's', period: '2002-Q1', value: 5 };
    const { means, source } = run([of('s', 2001, 1), odd, of('s', 2002, 2)]);
    expect(means).deep.equal([null, 1.5]);
    const [error] = errorsOf(source) as Error[];
    expect(error).instanceOf(FrequencyMismatchError);
    expect(error?.message).equal(
      "period '2002-Q1' of series 's' is quarterly: what came before of it is annual ('2001'); bring both to one frequency first",
    );
  });

  const none: readonly (readonly [unknown, string])[] = [
    [null, 'the data are null: an observation has a series'],
    [{ period: '2001', value: 1 }, 'series is undefined'],
    [{ series: '', period: '2001', value: 1 }, "series is ''"],
    [{ series: 's', period: '2001-Q7', value: 1 }, "period is '2001-Q7', of series 's': it takes '2014'"],
    [{ series: 's', period: 2001, value: 1 }, 'period is 2001'],
    [{ series: 's', period: '2001', value: 'NA' }, "value is 'NA', of series 's' in 2001: it takes a number"],
    [{ series: 's', period: '2001', value: Number.NaN }, 'value is NaN'],
    [{ series: 's', period: '2001', value: 1e141 }, 'value is 1e+141'],
    [{ series: 's', period: '2001' }, 'value is undefined'],
  ];
  for (const [data, message] of none) {
    it(`fails for good ${JSON.stringify(data)}, and goes on`, () => {
      const { means, source } = run([of('s', 2001, 1), data as Observation, of('s', 2002, 2)]);
      expect(means).deep.equal([null, 1.5]);
      const [error] = errorsOf(source) as Error[];
      expect(error).instanceOf(ObservationError);
      expect(error?.message).contain(message);
    });
  }

  it('fails what an indicator throws at, and the series stays what it was', () => {
    const picky = indicator<number, number>({
      name: 'picky',
      warmUp: 1,
      start: 0,
      step: (sum, value) => {
        if (value < 0) throw new Error('below zero');
        return [sum + value, sum + value];
      },
    });
    const source = new TestSource();
    const sums: unknown[] = [];
    from([of('s', 2001, 1), of('s', 2002, -1), of('s', 2001, -1), of('s', 2003, 3)].map((one) => source.deliver(one)))
      .pipe(analyse({ sum: picky }))
      .subscribe(({ data }) => sums.push(data.sum));
    expect(sums).deep.equal([1, 4]);
    expect(errorsOf(source).map(String)).deep.equal(['Error: below zero', 'Error: below zero']);
  });

  it("has a state for each subscription, and keeps a reentrant source's order", () => {
    const source = new TestSource();
    const input = new Subject<Delivery<Observation>>();
    const means = input.pipe(analyse(mean));
    const first: unknown[] = [];
    means.subscribe(({ data }) => {
      first.push([data.period, data.mean]);
      if (data.period === '2001') input.next(source.deliver(of('s', 2002, 2)));
    });
    input.next(source.deliver(of('s', 2001, 1)));
    const second: unknown[] = [];
    means.subscribe(({ data }) => second.push(data.mean));
    input.next(source.deliver(of('s', 2003, 3)));
    expect(first).deep.equal([
      ['2001', null],
      ['2002', 1.5],
      ['2003', 2.5],
    ]);
    expect(second).deep.equal([null]);
  });

  it('gives back a delivery whose subscriber was taken away', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<Observation>>();
    const observe = (one: Observation): Observation => {
      subscription.unsubscribe();
      return one;
    };
    const subscription: Subscription = input.pipe(analyse(mean, { observe })).subscribe();
    input.next(source.deliver(of('s', 2001, 1)));
    expect(errorsOf(source)).deep.equal(['release']);
  });

  it('shows its indicators in the graph', () => {
    const analysed = new Subject<Delivery<Observation>>().pipe(analyse({ ...mean, onYear: changeOnYear() }));
    expect(chainOf(analysed).at(-1)?.attributes).deep.equal({ indicators: 'sma(2), changeOnYear' });
  });

  it('refuses what makes no sense', () => {
    const takes = 'it takes an object of indicators';
    expect(() => analyse({})).throw(InvalidOptionError, takes);
    expect(() => analyse(null as never)).throw(InvalidOptionError, takes);
    expect(() => analyse({ mean: sma as never })).throw(InvalidOptionError, 'indicators.mean is a function');
    expect(() => analyse({ value: sma({ length: 2 }) })).throw(InvalidOptionError, "a name in indicators is 'value'");
    expect(() => analyse(mean, { maxSeries: 0 })).throw(InvalidOptionError, 'maxSeries is 0');
    expect(() => analyse(mean, { history: 0 })).throw(InvalidOptionError, 'history is 0');
    expect(() => analyse(mean, { observe: 1 as never })).throw(InvalidOptionError, 'observe is 1: it takes a function');
  });
});
