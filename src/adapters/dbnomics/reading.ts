import { describe } from '../../core/errors.ts';
import { DbnomicsShapeError } from './dbnomicsErrors.ts';

/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {DbnomicsShapeError} unless it is an object */
export function fieldsOf(value: unknown, what: string): Fields {
  if (isFields(value)) return value;
  throw new DbnomicsShapeError(`${what} is ${describe(value)}, not an object`);
}

/** @throws {DbnomicsShapeError} unless it is an array */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new DbnomicsShapeError(`${what} is ${describe(value)}, not an array`);
}

/** @throws {DbnomicsShapeError} unless it is text */
export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new DbnomicsShapeError(`${what} is ${describe(value)}, not a text`);
}

/** @throws {DbnomicsShapeError} unless it is a whole number from 0 */
export function countOf(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new DbnomicsShapeError(`${what} is ${describe(value)}, not a count`);
}

export function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function countOrNothing(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** Texts by name; whatever else is there is left out. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isFields(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
