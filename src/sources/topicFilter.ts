import { compilePattern, type TopicMatcher } from '../core/pattern.ts';

const REMEMBERED = 10_000;

/**
 * A pattern compiled, with what it said of the topics seen lately: matching costs more than looking up. Bounded.
 *
 * @throws {InvalidPatternError} if the pattern can't be compiled
 */
export function topicFilter(pattern: string): TopicMatcher {
  const matches = compilePattern(pattern);
  const seen = new Map<string, boolean>();
  return (topic) => {
    const before = seen.get(topic);
    if (before !== undefined) return before;
    if (seen.size >= REMEMBERED) seen.clear();
    const result = matches(topic);
    seen.set(topic, result);
    return result;
  };
}
