import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

const NAMES = [
  'append',
  'createGroup',
  'join',
  'leave',
  'read',
  'recover',
  'renew',
  'replay',
  'settle',
  'stats',
  'take',
  'trim',
] as const;

/** A script of `scripts/`, by the name of its file. */
export type ScriptName = (typeof NAMES)[number];
type Argument = string | number | Buffer;
type Call = (args: readonly Argument[]) => Promise<unknown>;

const sources = new Map<ScriptName, string>();

/** Teaches a client the scripts: it calls them by their hash and sends the text where the server lacks it. */
export function defineScripts(client: Redis): void {
  for (const name of NAMES) client.defineCommand(commandOf(name), { lua: sourceOf(name) });
}

/** Runs a script. Bulk strings come back as Buffers. */
export function runScript(
  client: Redis,
  name: ScriptName,
  keys: readonly string[],
  args: readonly Argument[],
): Promise<unknown> {
  const call = (client as unknown as Record<string, Call>)[`${commandOf(name)}Buffer`] as Call;
  return call.call(client, [keys.length, ...keys, ...args]);
}

// `append` alone is a command of Redis.
function commandOf(name: ScriptName): string {
  return `sluice_${name}`;
}

function sourceOf(name: ScriptName): string {
  const known = sources.get(name);
  if (known !== undefined) return known;
  const source = readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
  sources.set(name, source);
  return source;
}
