import { compilePattern, type TopicMatcher } from '../core/pattern.ts';
import { rememberTopics } from '../core/rememberTopics.ts';

/**
 * A pattern compiled, with what it said of the topics seen lately. Memory: 20,000 topics.
 *
 * @throws {InvalidPatternError} if the pattern can't be compiled
 */
export function topicFilter(pattern: string): TopicMatcher {
  return rememberTopics(compilePattern(pattern));
}
