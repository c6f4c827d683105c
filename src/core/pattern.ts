import { InvalidPatternError, toError } from './errors.ts';
import type { TopicMatcher } from './patterns/globMatcher.ts';
import { type Glob, parsePattern } from './patterns/parsePattern.ts';
import { MAX_PATTERN_LENGTH, patternFault } from './patterns/patternFault.ts';

export { MAX_PATTERN_LENGTH, type TopicMatcher };

/**
 * Compiles a glob over topics: `*` any run of characters, dots included, `?` one, and micromatch's `{a,b}`, `[…]`,
 * `!(…)`, `@(…)`, `+(…)`. Case matters; no character of a topic is special, `/` neither.
 *
 * A match takes time that grows with the length of the pattern times that of the topic, and never more, whatever they are.
 *
 * @example
 * const matches = compilePattern('trading.*.{new,amended}');
 * matches('trading.orders.eu.new'); // true
 *
 * @throws {InvalidPatternError} if it is empty, too long, nested too deep, or a bracket of it is open
 */
export function compilePattern(pattern: string): TopicMatcher {
  const globs = globsOf(pattern);
  const [first] = globs;
  if (globs.length === 1 && first) return first.matches;
  return (topic) => globs.some((glob) => glob.matches(topic));
}

/**
 * What a pattern stands for: a topic matches it if it matches one of these.
 *
 * @throws {InvalidPatternError} saying what is wrong
 */
export function globsOf(pattern: string): readonly Glob[] {
  const why = patternFault(pattern);
  if (why) throw new InvalidPatternError(pattern, why);
  try {
    return parsePattern(pattern);
  } catch (cause) {
    throw new InvalidPatternError(pattern, toError(cause).message);
  }
}

/**
 * Returns the pattern if it can be compiled.
 *
 * @throws {InvalidPatternError} saying what is wrong
 */
export function checkPattern(pattern: string): string {
  globsOf(pattern);
  return pattern;
}

/** What every topic that matches begins with: the pattern up to its first special character. */
export function literalPrefix(pattern: string): string {
  const special = pattern.search(/[*?[\]{}()!\\+@]/);
  return special < 0 ? pattern : pattern.slice(0, special);
}
