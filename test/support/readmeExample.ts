import { readFileSync } from 'node:fs';

const README = new URL('../../README.md', import.meta.url);

/** The first example of the README, as it stands there. */
export function readmeExample(): string {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8'))?.[1];
  if (!example) throw new Error('README.md has no ts block');
  return example;
}

/** The same without top-level await, which CommonJS lacks. */
export function readmeExampleInFunction(): string {
  const lines = readmeExample().split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const body = lines.filter((line) => !line.startsWith('import '));
  return `${imports.join('\n')}\nasync function main(): Promise<void> {\n${body.join('\n')}\n}\nvoid main();\n`;
}
