/** The longest pattern, in UTF-16 code units. */
export const MAX_PATTERN_LENGTH = 512;

/** How deep brackets may stand in one another. */
export const MAX_PATTERN_DEPTH = 8;

/** Says what is wrong with a pattern, as far as its text alone shows it. */
export function patternFault(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string') return 'is not a string: a pattern is a glob such as trading.orders.*';
  if (pattern === '') return "is empty: a pattern is a glob such as trading.orders.*; '*' matches every topic";
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return `has ${pattern.length} characters: at most ${MAX_PATTERN_LENGTH} are taken`;
  }
  return bracketFault(pattern) ?? groupFault(pattern);
}

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function bracketFault(pattern: string): string | undefined {
  const open: string[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '\\') {
      const fault = escapeFault(pattern.charAt(++i));
      if (fault) return fault;
    }
    if (open.at(-1) === '[' && pattern.startsWith('[:', i)) return 'has a class [:…:]: name the characters, as [a-z]';
    if (open.at(-1) === '[' && char !== ']') continue;
    if (char === '(' || char === '[' || char === '{') open.push(char);
    if (open.length > MAX_PATTERN_DEPTH) {
      return `has brackets ${open.length} deep in one another: at most ${MAX_PATTERN_DEPTH} are taken; write it as several patterns`;
    }
    const opener = CLOSES[char];
    if (opener && open.pop() !== opener) return `has '${char}' at ${i + 1} without its '${opener}'`;
    if (open.includes('{') && pattern.startsWith('..', i)) {
      return 'has a range {a..b}: name the alternatives, as {a,b}';
    }
  }
  return open.length > 0 ? `has '${open.at(-1)}' that is never closed` : undefined;
}

function escapeFault(escaped: string): string | undefined {
  if (escaped === '') return 'ends in a backslash: it escapes the character behind it';
  if (!/[a-zA-Z0-9]/.test(escaped)) return undefined;
  return `has '\\${escaped}': a backslash goes before a special character; letters and digits need none`;
}

/** To micromatch this begins a group of a regular expression, `(?:a)` or `(?<=a)`; `?(a)` is a glob. */
function groupFault(pattern: string): string | undefined {
  if (!/(^|[^\\])\(\?/.test(pattern)) return undefined;
  return "has '(?', which begins a group of a regular expression: begin with another alternative, as in @(ab|?)";
}
