import { expect } from 'chai';
import { shown } from '../../../src/cli/bench/shown.ts';
import { sectionText } from '../../../src/cli/bench/text.ts';

describe('sectionText', () => {
  it('is a title, how it was measured, figures in columns, and tables', () => {
    const text = sectionText({
      title: 'Throughput',
      how: 'As fast as it goes.',
      figures: [
        { name: 'publish', value: 123_456.7, unit: 'msg/s' },
        { name: 'p99', value: 1.2345, unit: 'ms' },
      ],
      growth: [
        {
          of: 'backlog',
          unit: 'messages',
          points: [
            { at: 1_000, microseconds: 2 },
            { at: 10_000, microseconds: 3 },
          ],
        },
      ],
    });
    expect(text.split('\n')).to.deep.equal([
      'Throughput',
      '  As fast as it goes.',
      '',
      '  publish  123,457  msg/s',
      '  p99         1.23     ms',
      '',
      '  backlog: messages  µs a message  against the first',
      '  1,000                         2             1.00 ×',
      '  10,000                        3             1.50 ×',
      '',
    ]);
  });

  it('breaks long lines', () => {
    const text = sectionText({ title: 'x', how: 'word '.repeat(60).trim(), figures: [] });
    expect(Math.max(...text.split('\n').map((line) => line.length))).to.be.at.most(100);
  });
});

describe('shown', () => {
  const cases: readonly (readonly [number | string, string])[] = [
    [1_234_567.8, '1,234,568'],
    [12, '12'],
    [1.23456, '1.23'],
    [0.0001234, '0.000123'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
    ['held', 'held'],
  ];
  for (const [value, text] of cases) it(`shows ${value} as ${text}`, () => expect(shown(value)).to.equal(text));
});
