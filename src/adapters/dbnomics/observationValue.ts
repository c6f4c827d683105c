export interface ObservationValue {
  /** As a double; null where there is none. */
  readonly value: number | null;
  /** What was sent, where `value` does not tell: `'NA'`, a number spelled as text or with more digits than a double has. */
  readonly original?: string | null;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** Reads a value in any spelling: `1.5`, `"1.5"`, `"1.5e3"`, `"NA"`, `null`. What is no number is null, and kept. */
export function observationValue(sent: unknown): ObservationValue {
  if (typeof sent === 'number') return { value: sent };
  if (sent === null || sent === undefined) return { value: null, original: null };
  const original = typeof sent === 'string' ? sent : JSON.stringify(sent);
  const text = original.trim();
  const value = typeof sent === 'string' && NUMBER.test(text) ? Number(text) : null;
  return { value: value !== null && Number.isFinite(value) ? value : null, original };
}
