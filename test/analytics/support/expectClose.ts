import type { Expected } from './reference.ts';

/** How far a result may be from its reference, relative to it. */
const TOLERANCE = 1e-12;

/** What differs from what is expected, with its place; the list is to be empty. */
export function differences(got: readonly unknown[], expected: readonly Expected[]): readonly string[] {
  if (got.length !== expected.length) return [`${got.length} results for ${expected.length}`];
  return expected.flatMap((wanted, i) => (same(got[i], wanted) ? [] : [`${i}: ${show(got[i])} for ${show(wanted)}`]));
}

function same(got: unknown, wanted: Expected): boolean {
  if (typeof wanted === 'number') return typeof got === 'number' && near(got, wanted);
  if (wanted === null || typeof got !== 'object' || got === null) return got === wanted;
  const keys = Object.keys({ ...got, ...wanted });
  return keys.every((key) => same((got as Record<string, unknown>)[key], wanted[key] as number | null));
}

function near(got: number, wanted: number): boolean {
  return Math.abs(got - wanted) <= TOLERANCE * Math.abs(wanted);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}
