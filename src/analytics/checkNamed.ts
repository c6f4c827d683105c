import { InvalidOptionError } from '../core/errors.ts';

const TAKEN = ['series', 'period', 'value'];

/**
 * The entries of an object of what is to have results, each by the name of its result.
 *
 * @throws {InvalidOptionError} if there are none, or a result would take the place of what it was made of
 */
export function checkNamed<T>(
  option: string,
  named: Readonly<Record<string, T>>,
  takes: string,
): readonly (readonly [name: string, T])[] {
  const entries = typeof named === 'object' && named !== null ? Object.entries(named) : [];
  if (entries.length === 0) throw new InvalidOptionError(option, named, takes);
  for (const [name] of entries) {
    if (TAKEN.includes(name)) throw new InvalidOptionError(`a name in ${option}`, name, 'one that no observation has');
  }
  return entries;
}
