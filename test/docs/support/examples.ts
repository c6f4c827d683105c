import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeBlock } from './codeBlocks.ts';

/**
 * The `@example` of every docstring in `src`. An example is one paragraph: it ends at an empty line, the next tag or the
 * end of the comment. It never runs, since it names what its reader has (a bus, a schema, a database).
 */
export function examples(root: string): readonly CodeBlock[] {
  return globSync('src/**/*.ts', { cwd: root })
    .sort()
    .flatMap((page) => examplesOf(page, readFileSync(join(root, page), 'utf8').split('\n')));
}

function examplesOf(page: string, lines: readonly string[]): readonly CodeBlock[] {
  return lines.flatMap((text, i) => {
    if (!/^\s*\* @example$/.test(text)) return [];
    const rest = lines.slice(i + 1);
    const end = rest.findIndex((line) => /^\s*\*(\/|\s*$|\s*@)/.test(line));
    const code = rest.slice(0, end).map((line) => line.replace(/^\s*\* ?/, ''));
    return [{ page, line: i + 1, code: '\n'.repeat(i + 1) + code.join('\n'), runs: false }];
  });
}
