import { expect } from 'chai';
import fc from 'fast-check';
import { LiteralFinder } from '../../../src/core/patterns/literalFinder.ts';

describe('LiteralFinder', () => {
  it('finds texts in one another, each once', () => {
    const finder = new LiteralFinder(['she', 'he', 'hers', 'h', 'x']);
    expect([...finder.in('ushers.she')].sort()).deep.equal([0, 1, 2, 3]);
    expect(finder.in('y')).deep.equal([]);
    expect(finder.in('')).deep.equal([]);
  });

  it('finds what includes() finds, search after search', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[abc]{1,4}$/), { maxLength: 12 }),
        fc.array(fc.stringMatching(/^[abcx]{0,10}$/), { minLength: 3, maxLength: 3 }),
        (texts, topics) => {
          const finder = new LiteralFinder(texts);
          for (const topic of topics) {
            const expected = texts.flatMap((text, number) => (topic.includes(text) ? [number] : []));
            expect([...finder.in(topic)].sort((one, other) => one - other)).deep.equal(expected);
          }
        },
      ),
      { numRuns: 2_000 },
    ));
});
