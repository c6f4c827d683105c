import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const NAMES = [
  'again',
  'append',
  'attend',
  'bind',
  'cacheAsk',
  'cacheClear',
  'cacheDrop',
  'cacheLand',
  'cacheRenew',
  'cancel',
  'createGroup',
  'depart',
  'forceTrim',
  'held',
  'join',
  'leave',
  'promote',
  'read',
  'recover',
  'removeGroup',
  'renew',
  'replay',
  'schedule',
  'seen',
  'settle',
  'settleAndAppend',
  'stats',
  'take',
  'tidy',
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
  const source = expanded(name);
  const script = { source, sha: createHash('sha1').update(source).digest('hex') };
  scripts.set(name, script);
  return script;
}

/** What is included begins without the line that says how a script of its own is run. */
function expanded(name: string): string {
  return read(name).replaceAll(/^--#include (\S+)$/gm, (_, shared: string) => expanded(shared).replace(/^#!.*/, ''));
}

function read(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
}
