import { compilePattern } from '../core/pattern.ts';

const REMEMBERED = 10_000;
const NONE: readonly number[] = [];

/** Numbers of the patterns that match a topic, in order. */
export type TopicIndex = (topic: string) => readonly number[];

/**
 * Compiles patterns, and remembers what they said of the topics seen lately: matching costs more than looking up.
 * Memory: bounded, whatever the number of topics.
 *
 * @throws {InvalidPatternError} if one can't be compiled
 */
export function topicIndex(patterns: readonly string[], match: 'first' | 'all'): TopicIndex {
  const matchers = patterns.map(compilePattern);
  const seen = new Map<string, readonly number[]>();
  const first = (topic: string) => {
    const index = matchers.findIndex((matches) => matches(topic));
    return index < 0 ? NONE : [index];
  };
  const all = (topic: string) => matchers.flatMap((matches, index) => (matches(topic) ? [index] : NONE));
  const find = match === 'first' ? first : all;
  return (topic) => {
    const before = seen.get(topic);
    if (before !== undefined) return before;
    if (seen.size >= REMEMBERED) seen.clear();
    const found = find(topic);
    seen.set(topic, found);
    return found;
  };
}
