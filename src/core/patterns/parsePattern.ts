import micromatch from 'micromatch';
import { Automaton } from './automaton.ts';
import { expandBraces } from './expandBraces.ts';
import { globMatcher, type TopicMatcher } from './globMatcher.ts';
import { type Expression, parseExpression } from './parseExpression.ts';

/** One of what a pattern stands for. */
export interface Glob {
  /** What a topic that matches looks like: letters, and `*` or `?` for what is not known. Without them, it is the topic. */
  readonly outline: string;
  readonly matches: TopicMatcher;
}

/**
 * As in bash, where `*` crosses dots. No fast paths: they take `++` and `$$` for more than letters. And no bound of
 * recursion: beyond it, micromatch takes `+(a|aa)` for the letters that it is written in, lest its expression run away.
 */
const OPTIONS = { bash: true, dot: true, fastpaths: false, maxExtglobRecursion: false, posix: true } as const;

/** So many states make a match of the longest topic take a few milliseconds, at the very worst. */
const MOST_STATES = 512;

/** What only micromatch knows the meaning of: all but letters, `*`, `?` and braces; `+` behind a brace repeats. */
const BEYOND_GLOBS = /[[\]()!\\]|[{}]\+/;

/**
 * The globs that a pattern stands for: a topic matches it if it matches one of them.
 *
 * @throws {SyntaxError} saying what is wrong
 */
export function parsePattern(pattern: string): readonly Glob[] {
  const globs = BEYOND_GLOBS.test(pattern) ? undefined : expandBraces(pattern);
  return globs?.map((glob) => ({ outline: glob, matches: globMatcher(glob) })) ?? [parseExtended(pattern)];
}

/** Micromatch says what a pattern means; its expression is run by an automaton, which can't run away. */
function parseExtended(pattern: string): Glob {
  const made = micromatch.makeRe(asLetters(pattern), OPTIONS);
  // What can never match, such as [z-a], is compiled to this.
  if (!made || made.source === '$^') throw new SyntaxError('is no glob that micromatch can compile');
  const expression = parseExpression(made.source);
  const automaton = new Automaton(expression);
  if (automaton.size > MOST_STATES) {
    const size = `its automaton has ${automaton.size} states, at most ${MOST_STATES} are taken`;
    throw new SyntaxError(`is too complicated (${size}): write it as several patterns`);
  }
  const outline = outlineOf(expression).replaceAll(SLASH, '/');
  const mayMatch = globMatcher(outline);
  return { outline, matches: (topic) => mayMatch(topic) && automaton.matches(hideSlashes(topic)) };
}

// To micromatch a slash parts a path and neither `*` nor `?` crosses it; in a topic it is a letter like any other.
const SLASH = '\uE000';

function hideSlashes(text: string): string {
  return text.includes('/') ? text.replaceAll('/', SLASH) : text;
}

/** Makes letters of what is special to micromatch, but not in a topic: slashes, quotes, and bars that no `(…)` is around. */
function asLetters(pattern: string): string {
  let depth = 0;
  return hideSlashes(pattern).replace(/\\.|\[(?:[^\\\]]|\\.)*\]|[()"|]/gs, (found) => {
    if (found === '(') depth += 1;
    if (found === ')') depth -= 1;
    return found === '"' || (found === '|' && depth === 0) ? `\\${found}` : found;
  });
}

function outlineOf(expression: Expression): string {
  switch (expression.kind) {
    case 'set':
      return expression.text ?? '?';
    case 'sequence':
      return expression.parts.map(outlineOf).join('');
    case 'choice':
    case 'repeat':
      return '*';
    default:
      return '';
  }
}
