import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of TypeScript in a page. */
export interface CodeBlock {
  /** The page, relative to the root. */
  readonly page: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  /** The block's text, behind as many empty lines as stand before it in the page: line numbers are the page's. */
  readonly code: string;
  /** False for a fence that says `no-run`: it is type-checked and that is all. */
  readonly runs: boolean;
}

const FENCE = /^```ts( no-run)?$/;

/** The blocks of a page, in order. */
export function codeBlocks(root: string, page: string): readonly CodeBlock[] {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  return lines.flatMap((text, i) => {
    const fence = FENCE.exec(text);
    if (!fence) return [];
    const end = lines.indexOf('```', i);
    const code = '\n'.repeat(i + 1) + lines.slice(i + 1, end).join('\n');
    return [{ page, line: i + 1, code, runs: fence[1] === undefined }];
  });
}
