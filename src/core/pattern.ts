import micromatch from 'micromatch';
import { InvalidPatternError } from './errors.ts';

/** The longest pattern, in UTF-16 code units. */
export const MAX_PATTERN_LENGTH = 512;

/** Tells whether a topic matches. */
export type TopicMatcher = (topic: string) => boolean;

/**
 * Compiles a glob over topics: `*` any run of characters, dots included, `?` one, and micromatch's `{a,b}`, `[…]`,
 * `!(…)`. Case matters; no character of a topic is special, `/` neither.
 *
 * @throws {InvalidPatternError} if it is empty, too long, or a bracket of it is open
 */
export function compilePattern(pattern: string): TopicMatcher {
  checkPattern(pattern);
  if (!/[*?[\]{}()!\\]/.test(pattern)) return (topic) => topic === pattern;
  if (/^\*+$/.test(pattern)) return () => true;
  const expression = micromatch.makeRe(hideSlashes(pattern), { bash: true, dot: true, posix: true });
  // What can never match, such as [z-a], is compiled to this.
  if (!expression || expression.source === '$^')
    throw new InvalidPatternError(pattern, 'is no glob that micromatch can compile');
  return (topic) => expression.test(hideSlashes(topic));
}

/**
 * Returns the pattern if it can be compiled.
 *
 * @throws {InvalidPatternError} saying what is wrong
 */
export function checkPattern(pattern: string): string {
  const why = fault(pattern);
  if (why) throw new InvalidPatternError(pattern, why);
  return pattern;
}

/** What every topic that matches begins with: the pattern up to its first special character. */
export function literalPrefix(pattern: string): string {
  const special = pattern.search(/[*?[\]{}()!\\+@]/);
  return special < 0 ? pattern : pattern.slice(0, special);
}

// To micromatch a slash parts a path and neither `*` nor `?` crosses it; in a topic it is a letter like any other.
const SLASH = '\uE000';

function hideSlashes(text: string): string {
  return text.includes('/') ? text.replaceAll('/', SLASH) : text;
}

function fault(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string') return 'is not a string: a pattern is a glob such as trading.orders.*';
  if (pattern === '') return "is empty: a pattern is a glob such as trading.orders.*; '*' matches every topic";
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return `has ${pattern.length} characters: at most ${MAX_PATTERN_LENGTH} are taken`;
  }
  if (/\{[^{},]*\.\.[^{},]*\}/.test(pattern)) return 'has a range {a..b}: name the alternatives, as {a,b}';
  return openBracket(pattern);
}

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function openBracket(pattern: string): string | undefined {
  const open: string[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '\\' && ++i === pattern.length) return 'ends in a backslash: it escapes the character behind it';
    if (open.at(-1) === '[' && char !== ']') continue;
    if (char === '(' || char === '[' || char === '{') open.push(char);
    const opener = CLOSES[char];
    if (opener && open.pop() !== opener) return `has '${char}' at ${i + 1} without its '${opener}'`;
  }
  return open.length > 0 ? `has '${open.at(-1)}' that is never closed` : undefined;
}
