import type { z } from 'zod';
import { InvalidOptionError } from '../core/errors.ts';
import { at } from './layers.ts';
import { nearestOption } from './nearestOption.ts';
import { HIDDEN, withoutSecrets } from './withoutSecrets.ts';

type Issue = z.core.$ZodIssue;

/** Says in a sentence what is wrong with a configuration: the option's path, what it got and what it takes. */
export function configError(issue: Issue, config: unknown): InvalidOptionError {
  const [path, { code, message, ...rest }] = innermost(issue, config);
  if (code === 'unrecognized_keys') return unknownOption(path, (rest as { keys: string[] }).keys[0] ?? '', config);
  if (code === 'invalid_key') return invalidName(path, (rest as { issues: Issue[] }).issues[0]?.message ?? message);
  const option = path.join('.') || 'the configuration';
  return new InvalidOptionError(option, withoutSecrets(at(config, path), isAddress(path)), message);
}

/** Whether a wrong value at this path may be an address with a password. */
export function isAddress(path: readonly string[]): boolean {
  return path.length === 0 || path[0] === 'store';
}

/** Of an option that takes one thing or a group, and got a group: what is wrong in the group. */
function innermost(issue: Issue, config: unknown): [path: string[], Issue] {
  const path = issue.path.map(String);
  const inner = issue.code === 'invalid_union' ? issue.errors.at(-1)?.[0] : undefined;
  if (!inner || typeof at(config, path) !== 'object') return [path, issue];
  return [[...path, ...inner.path.map(String)], inner];
}

function unknownOption(path: readonly string[], key: string, config: unknown): InvalidOptionError {
  const got = at(config, [...path, key]);
  const shown = typeof got === 'string' ? HIDDEN : withoutSecrets(got, false);
  const takes = `nothing, for there is no such option: the nearest is ${nearestOption(path, key)}`;
  return new InvalidOptionError([...path, key].join('.'), shown, takes);
}

function invalidName(path: readonly string[], takes: string): InvalidOptionError {
  return new InvalidOptionError(`a name in ${path.slice(0, -1).join('.')}`, path.at(-1), takes);
}
