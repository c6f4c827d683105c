/** The most globs that braces are written out to; a pattern that would make more is matched as it is. */
const MOST = 64;

/** Writes `a.{b,c}` out as `a.b` and `a.c`; nothing if that makes too many, or a brace has no comma. */
export function expandBraces(pattern: string): readonly string[] | undefined {
  const open = pattern.indexOf('{');
  if (open < 0) return [pattern];
  const { options, end } = optionsAt(pattern, open);
  if (options.length < 2) return undefined;
  const globs: string[] = [];
  for (const option of options) {
    const more = expandBraces(pattern.slice(0, open) + option + pattern.slice(end + 1));
    if (!more || globs.length + more.length > MOST) return undefined;
    globs.push(...more);
  }
  return globs;
}

/** What the brace that opens there has between its commas, and where it closes. */
function optionsAt(pattern: string, open: number): { readonly options: readonly string[]; readonly end: number } {
  const options: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let i = open; i < pattern.length; i += 1) {
    const char = pattern[i];
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (depth === 0 || (depth === 1 && char === ',')) {
      options.push(pattern.slice(from, i));
      from = i + 1;
    }
    if (depth === 0) return { options, end: i };
  }
  return { options: [], end: pattern.length };
}
