import { expect } from 'chai';
import fc from 'fast-check';
import micromatch from 'micromatch';
import { InvalidPatternError } from '../../src/core/errors.ts';
import { compilePattern, literalPrefix, type TopicMatcher } from '../../src/core/pattern.ts';
import { patternOf, topicOf } from '../support/patterns.ts';

// To micromatch a slash parts a path; in a topic it is a letter like any other.
const letters = (text: string) => text.replaceAll('/', '\uE000');

/** The expression of a pattern with more runs may backtrack for minutes, in a topic of ten characters. */
const MOST_RUNS = 6;
const runs = (pattern: string) => pattern.match(/[*+!]/g)?.length ?? 0;

/** What micromatch says, by its expression. */
function micromatched(pattern: string): TopicMatcher {
  const expression = micromatch.makeRe(letters(pattern), { bash: true, dot: true, posix: true }) as RegExp;
  return (topic) => expression.test(letters(topic));
}

function compiled(pattern: string): TopicMatcher | undefined {
  try {
    return compilePattern(pattern);
  } catch (error) {
    expect(error).instanceOf(InvalidPatternError);
    return undefined;
  }
}

describe('patterns, by their laws', () => {
  it('match what micromatch matches', () => {
    const tried = { patterns: 0, matched: 0, unmatched: 0 };
    fc.assert(
      fc.property(
        patternOf({ repeats: false }),
        fc.array(topicOf, { minLength: 10, maxLength: 10 }),
        (pattern, topics) => {
          const matches = compiled(pattern);
          if (!matches || runs(pattern) > MOST_RUNS) return;
          const expected = micromatched(pattern);
          tried.patterns += 1;
          for (const topic of topics) {
            const matched = expected(topic);
            expect(matches(topic), topic).equal(matched);
            tried[matched ? 'matched' : 'unmatched'] += 1;
          }
        },
      ),
      { numRuns: 4_000 },
    );
    expect(tried.patterns).above(2_000);
    expect(tried.matched).above(2_000);
    expect(tried.unmatched).above(2_000);
  });

  it('begin with their literal prefix', () =>
    fc.assert(
      fc.property(
        patternOf({ repeats: true }),
        fc.array(topicOf, { minLength: 10, maxLength: 10 }),
        (pattern, topics) => {
          const matches = compiled(pattern);
          for (const topic of topics) {
            if (matches?.(topic)) expect(topic.startsWith(literalPrefix(pattern)), topic).equal(true);
          }
        },
      ),
      { numRuns: 2_000 },
    ));
});
