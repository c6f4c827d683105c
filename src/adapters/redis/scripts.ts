import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const NAMES = [
  'again',
  'append',
  'attend',
  'bind',
  'createGroup',
  'depart',
  'held',
  'join',
  'leave',
  'read',
  'recover',
  'renew',
  'replay',
  'settle',
  'stats',
  'take',
  'tokens',
  'trim',
] as const;

/** A script of `scripts/`, by the name of its file. */
export type ScriptName = (typeof NAMES)[number];

export interface Script {
  readonly source: string;
  /** Its name to the server, once that has it. */
  readonly sha: string;
}

const scripts = new Map<ScriptName, Script>();

export function scriptOf(name: ScriptName): Script {
  const known = scripts.get(name);
  if (known) return known;
  const source = read(name).replaceAll(/^--#include (\S+)$/gm, (_, shared: string) => read(shared));
  const script = { source, sha: createHash('sha1').update(source).digest('hex') };
  scripts.set(name, script);
  return script;
}

function read(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
}
