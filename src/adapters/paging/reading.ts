import { describe } from '../../core/errors.ts';

/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Reading {
  /** @throws unless it is an object */
  fieldsOf(value: unknown, what: string): Fields;
  /** @throws unless it is an array */
  listOf(value: unknown, what: string): readonly unknown[];
  /** @throws unless it is text */
  textOf(value: unknown, what: string): string;
  /** @throws unless it is a whole number from 0 */
  countOf(value: unknown, what: string): number;
}

/** Reads what an API answered; what has another shape than it should is an error of the API's own kind. */
export function reading(shapeError: (what: string) => Error): Reading {
  const refusal = (value: unknown, what: string, takes: string) =>
    shapeError(`${what} is ${describe(value)}, not ${takes}`);
  return {
    fieldsOf(value, what) {
      if (isFields(value)) return value;
      throw refusal(value, what, 'an object');
    },
    listOf(value, what) {
      if (Array.isArray(value)) return value;
      throw refusal(value, what, 'an array');
    },
    textOf(value, what) {
      if (typeof value === 'string') return value;
      throw refusal(value, what, 'a text');
    },
    countOf(value, what) {
      if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
      throw refusal(value, what, 'a count');
    },
  };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
