import { describe } from '../../core/errors.ts';

/** Finds when data was recorded: a function that gives ms since the epoch, or the name of a field. */
export type TimeOption<T> = string | ((data: T) => number);

/** Compiles the option. A field may hold ms since the epoch or an ISO 8601 text. The function made throws if there is no time. */
export function timeReader<T>(time: TimeOption<T>): (data: T) => number {
  const find = typeof time === 'function' ? time : (data: T) => fieldTime(data, time);
  const where = typeof time === 'function' ? '`time` gave' : `field '${time}' is`;
  return (data) => {
    const found = find(data);
    if (typeof found === 'number' && Number.isFinite(found)) return found;
    throw new Error(`has no time: ${where} ${describe(typeof time === 'string' ? field(data, time) : found)}`);
  };
}

function fieldTime(data: unknown, name: string): number {
  const value = field(data, name);
  return typeof value === 'string' ? Date.parse(value) : (value as number);
}

function field(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;
}
