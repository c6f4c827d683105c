import { expect } from 'chai';
import fc from 'fast-check';
import { InvalidOptionError, InvalidPatternError } from '../../src/core/errors.ts';
import { compilePattern } from '../../src/core/pattern.ts';
import { TopicIndex } from '../../src/core/topicIndex.ts';
import { patternOf, topicOf } from '../support/patterns.ts';

describe('TopicIndex', () => {
  it('gives the number of the first pattern that matches, or of all', () => {
    const patterns = ['a.*', 'b.*', 'a.b', '{a.b,c}', 'a.*'];
    expect(new TopicIndex(patterns, { match: 'first' }).find('a.b')).deep.equal([0]);
    expect(new TopicIndex(patterns, { match: 'all' }).find('a.b')).deep.equal([0, 2, 3, 4]);
    expect(new TopicIndex(patterns).find('a.b')).deep.equal([0]);
    expect(new TopicIndex(patterns).find('c')).deep.equal([3]);
    expect(new TopicIndex(patterns).find('d')).deep.equal([]);
    expect(new TopicIndex(patterns, { match: 'all' }).find('d')).deep.equal([]);
    expect(new TopicIndex([]).find('d')).deep.equal([]);
  });

  it('gives each number once, in order, where a pattern matches in several ways', () => {
    const patterns = ['*.b', '{a,a.b,*b}{,.*}', 'a.b', 'a.[b]'];
    expect(new TopicIndex(patterns, { match: 'all' }).find('a.b')).deep.equal([0, 1, 2, 3]);
  });

  it('prefers the earlier pattern, whatever kind it is of', () => {
    const kinds = ['a.b.c', 'a.*', '*.c', '*b*', '*', 'a.[b].c', 'a.{b,c}.c', '!(x)'];
    for (const first of kinds) {
      const patterns = [first, ...kinds.filter((other) => other !== first)];
      expect(new TopicIndex(patterns, { match: 'first' }).find('a.b.c'), first).deep.equal([0]);
    }
  });

  it('finds one of ten thousand', () => {
    const patterns = Array.from({ length: 10_000 }, (_, i) =>
      i % 2 === 0 ? `data.quotes.VENUE${i}.*` : `trading.*.new${i}`,
    );
    const index = new TopicIndex([...patterns, '*'], { match: 'first' });
    expect(index.find('data.quotes.VENUE4711.X')).deep.equal([10_000]);
    expect(index.find('data.quotes.VENUE4712.X')).deep.equal([4_712]);
    expect(index.find('trading.orders.eu.new9999')).deep.equal([9_999]);
  });

  it('finds what has a frame character in it', () =>
    expect(new TopicIndex([...'abcdefgh'].map((each) => `${each}.*`).concat('x.*')).find('x.\u0002\u0003')).deep.equal([
      8,
    ]));

  it('refuses a pattern by name', () => {
    expect(() => new TopicIndex(['a', 'a.{b'])).throw(InvalidPatternError, "'a.{b'");
    expect(() => new TopicIndex(['a', 7 as unknown as string])).throw(InvalidPatternError, 'pattern 7 is not a string');
  });

  it('refuses what is no array, and another match', () => {
    const wrong = (patterns: unknown, match?: unknown) => () =>
      new TopicIndex(patterns as string[], { match: match as 'all' });
    expect(wrong('a.*')).throw(InvalidOptionError, "patterns is 'a.*': it takes an array of patterns");
    expect(wrong(undefined)).throw(InvalidOptionError, 'patterns is undefined');
    expect(wrong(['a.*'], 'any')).throw(InvalidOptionError, "match is 'any': it takes 'first' or 'all'");
  });

  it('is a loop over the patterns', () =>
    fc.assert(
      fc.property(
        fc.array(patternOf({ repeats: true }), { maxLength: 40 }),
        fc.array(topicOf, { minLength: 5, maxLength: 20 }),
        (given, topics) => {
          const patterns = given.filter(compiles);
          const matchers = patterns.map(compilePattern);
          const first = new TopicIndex(patterns, { match: 'first' });
          const all = new TopicIndex(patterns, { match: 'all' });
          for (const topic of topics) {
            const expected = matchers.flatMap((matches, number) => (matches(topic) ? [number] : []));
            expect(all.find(topic)).deep.equal(expected);
            expect(first.find(topic)).deep.equal(expected.slice(0, 1));
          }
        },
      ),
      { numRuns: 500 },
    ));
});

function compiles(pattern: string): boolean {
  try {
    compilePattern(pattern);
    return true;
  } catch {
    return false;
  }
}
