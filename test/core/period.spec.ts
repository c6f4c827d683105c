import { expect } from 'chai';
import fc from 'fast-check';
import { type Period, periodOf, startDayOf } from '../../src/core/period.ts';

const read = (text: string): Period => periodOf(text) ?? expect.fail(`${text} is no period`);

describe('periodOf', () => {
  const neighbours: readonly (readonly [Period['frequency'], string, string])[] = [
    ['annual', '2013', '2014'],
    ['bi-annual', '2013-S2', '2014-S1'],
    ['quarterly', '2013-Q4', '2014-Q1'],
    ['bimonthly', '2013-B6', '2014-B1'],
    ['monthly', '2013-12', '2014-01'],
    ['weekly', '2013-W52', '2014-W01'],
    ['weekly', '2015-W53', '2016-W01'],
    ['daily', '2013-12-31', '2014-01-01'],
    ['daily', '2024-02-29', '2024-03-01'],
    ['instant', '2014-01-31T09:30:00Z', '2014-01-31T09:30:00.001Z'],
  ];
  for (const [frequency, before, after] of neighbours) {
    it(`reads ${before} as ${frequency}, one before ${after}`, () => {
      expect(read(before)).include({ frequency, text: before });
      expect(read(after).index - read(before).index).equal(1);
    });
  }

  const none = ['', '14', '2014-', '2014-S3', '2014-Q0', '2014-Q5', '2014-B7', '2014-13', '2014-00', '2014-W00'];
  const notInCalendar = [
    '2014-W53',
    '2014-02-29',
    '2014-04-31',
    '2014-01-32',
    '2014-01-00',
    '2014-12-99',
    '2014-00-10',
    '2014-13-01T00:00Z',
    '2014-1-1',
    'NA',
  ];
  for (const text of [...none, ...notInCalendar]) {
    it(`refuses '${text}'`, () => expect(periodOf(text)).equal(undefined));
  }

  it('counts ISO weeks as the calendar does', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2200 }), (year) => {
        // A year has 53 weeks if it begins or ends on a Thursday.
        const weekday = (month: number, day: number) => new Date(Date.UTC(year, month, day)).getUTCDay();
        const long = weekday(0, 1) === 4 || weekday(11, 31) === 4;
        expect(periodOf(`${year}-W53`) !== undefined).equal(long);
        expect(read(`${year + 1}-W01`).index - read(`${year}-W52`).index).equal(long ? 2 : 1);
      }),
    ));

  it('knows years before 100', () => expect(read('0100-01-01').index - read('0099-12-31').index).equal(1));
});

describe('startDayOf', () => {
  const days = [
    ['2014', '2014-01-01'],
    ['2014-S1', '2014-01-01'],
    ['2014-S2', '2014-07-01'],
    ['2014-Q1', '2014-01-01'],
    ['2014-Q4', '2014-10-01'],
    ['2018-B2', '2018-03-01'],
    ['2018-B6', '2018-11-01'],
    ['2014-01', '2014-01-01'],
    ['2014-12', '2014-12-01'],
    ['2014-W01', '2013-12-30'],
    ['2020-W53', '2020-12-28'],
    ['2021-W01', '2021-01-04'],
    ['2014-01-31', '2014-01-31'],
    ['2024-02-29', '2024-02-29'],
    ['0099-Q2', '0099-04-01'],
    ['2014-01-31T09:30:00Z', '2014-01-31'],
  ] as const;
  for (const [period, day] of days) it(`of ${period} is ${day}`, () => expect(startDayOf(read(period))).equal(day));

  it('of weeks is Mondays, seven days apart', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2200 }), fc.integer({ min: 1, max: 52 }), (year, week) => {
        const day = (nth: number) => Date.parse(startDayOf(read(`${year}-W${String(nth).padStart(2, '0')}`)));
        expect(new Date(day(week)).getUTCDay()).equal(1);
        if (week < 52) expect(day(week + 1) - day(week)).equal(7 * 86_400_000);
      }),
    ));
});
