import { InvalidOptionError } from './errors.ts';

/** @throws {InvalidOptionError} unless it may be part of a key: of a group, a limit, a list, a cache */
export function checkPlainName(option: string, name: unknown): void {
  if (typeof name === 'string' && /^[^\s:{}]{1,128}$/.test(name)) return;
  throw new InvalidOptionError(option, name, 'a name of 1 to 128 characters without white space, colon or braces');
}
