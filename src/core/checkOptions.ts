import { distance } from './distance.ts';
import { InvalidOptionError } from './errors.ts';

/** The name of every option that there is: the compiler misses one that is left out. */
export type OptionNames<T> = Readonly<Record<T extends unknown ? keyof T : never, true>>;

/**
 * Refuses what the compiler refuses in a literal and lets pass elsewhere: an option that there is not, which would be left
 * aside without a word.
 *
 * @param what the options' name, if they are none at all
 * @throws {InvalidOptionError} if it is no object, or has an option that there is not
 */
export function checkOptions(what: string, options: unknown, names: Readonly<Record<string, true>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidOptionError(what, shown(options), `an object of options: ${Object.keys(names).join(', ')}`);
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue;
    const value: unknown = Reflect.get(options, name);
    if (value === undefined) continue;
    throw new InvalidOptionError(name, shown(value), `nothing, for there is no such option: ${hint(name, names)}`);
  }
}

/** A text may be a secret under a name that is not ours. */
function shown(value: unknown): unknown {
  return typeof value === 'string' ? '***' : value;
}

function hint(name: string, names: Readonly<Record<string, true>>): string {
  const all = Object.keys(names);
  const near = all.filter((other) => distance(name, other) <= Math.max(2, Math.floor(name.length / 3)));
  if (near.length === 0) return `there are ${all.join(', ')}`;
  const nearest = near.reduce((best, next) => (distance(name, next) < distance(name, best) ? next : best));
  return `the nearest is ${nearest}`;
}
