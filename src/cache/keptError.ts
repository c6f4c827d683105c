import type { WholePolicy } from './cachePolicy.ts';

/** An error as it is kept. */
export interface KeptError {
  readonly code: string;
  readonly message: string;
}

/** What is kept of an error, if the policy names it; undefined for any other: that is no answer. */
export function keptErrorOf(error: Error, { negative, negativeMs }: WholePolicy): KeptError | undefined {
  const { code } = error as { readonly code?: unknown };
  if (negativeMs === 0 || typeof code !== 'string' || !Object.hasOwn(negative, code)) return undefined;
  return { code, message: error.message };
}

/** The error again, as the policy makes it. */
export function remade({ code, message }: KeptError, { negative }: WholePolicy): Error {
  return (negative[code] as (message: string) => Error)(message);
}

/** Whether the policy takes this error for an answer. */
export function takesError({ code }: KeptError, { negative }: WholePolicy): boolean {
  return Object.hasOwn(negative, code);
}

/** What the store kept, read; undefined if it is none. */
export function readKeptError(data: unknown): KeptError | undefined {
  const { code, message } = (data ?? {}) as Partial<KeptError>;
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : undefined;
}
