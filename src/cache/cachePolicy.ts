import { checkOptions, type OptionNames } from '../core/checkOptions.ts';
import { InvalidOptionError } from '../core/errors.ts';

/** How long what is fetched is used, and kept. All times are whole numbers of ms, up to 30 days. */
export interface CachePolicy {
  /** Up to what age it is fresh, from 1. It is this request's word: another may ask for the same key to be younger. */
  readonly ttlMs: number;
  /** For how long behind that it is still handed out, at once, while it is fetched anew in the background. @default 0 */
  readonly staleMs?: number;
  /** For how long behind `ttlMs` it is handed out if fetching it anew fails. @default 0 */
  readonly staleIfErrorMs?: number;
  /** For how long an error is kept that `negative` names. @default 0: not at all */
  readonly negativeMs?: number;
  /**
   * The errors that are an answer, by their `code`, and how each is made again from its message, since it is kept as code
   * and message: `{ DBNOMICS_NOT_FOUND: (message) => new DbnomicsNotFoundError(message) }`. Any other error is never kept.
   */
  readonly negative?: Readonly<Record<string, (message: string) => Error>>;
}

/** For those that take more than these. */
export const POLICY_NAMES: OptionNames<CachePolicy> = {
  ttlMs: true,
  staleMs: true,
  staleIfErrorMs: true,
  negativeMs: true,
  negative: true,
};

/** A policy with nothing left out. */
export type WholePolicy = Required<CachePolicy>;

/** Thirty days. */
export const LONGEST_KEPT_MS = 2_592_000_000;

/** @throws {InvalidOptionError} if a time or `negative` makes no sense */
export function wholePolicy(policy: CachePolicy): WholePolicy {
  if (typeof policy !== 'object' || policy === null) {
    throw new InvalidOptionError('policy', policy, 'an object with `ttlMs`');
  }
  checkOptions('policy', policy, POLICY_NAMES);
  const { ttlMs, staleMs = 0, staleIfErrorMs = 0, negativeMs = 0, negative = NOTHING } = policy;
  checkTime('ttlMs', ttlMs, 1);
  checkTime('staleMs', staleMs, 0);
  checkTime('staleIfErrorMs', staleIfErrorMs, 0);
  checkTime('negativeMs', negativeMs, 0);
  if (negative !== NOTHING) checkNegative(negative);
  return { ttlMs, staleMs, staleIfErrorMs, negativeMs, negative };
}

/** How long a value is kept: until nobody of this policy would take it. */
export function valueKeptMs({ ttlMs, staleMs, staleIfErrorMs }: WholePolicy): number {
  return kept(ttlMs + Math.max(staleMs, staleIfErrorMs));
}

/** How long an error is kept. */
export function errorKeptMs({ negativeMs }: WholePolicy): number {
  return kept(negativeMs);
}

/** Long enough for those that wait in other processes to get it, who ask now and then. */
const SHORTEST_KEPT_MS = 2_000;

function kept(ms: number): number {
  return Math.min(LONGEST_KEPT_MS, Math.max(SHORTEST_KEPT_MS, ms));
}

const NOTHING: WholePolicy['negative'] = {};

function checkTime(option: string, ms: unknown, from: number): void {
  if (Number.isSafeInteger(ms) && Number(ms) >= from && Number(ms) <= LONGEST_KEPT_MS) return;
  throw new InvalidOptionError(option, ms, `a whole number of ms from ${from} to ${LONGEST_KEPT_MS} (30 days)`);
}

function checkNegative(negative: WholePolicy['negative']): void {
  const fits =
    typeof negative === 'object' &&
    negative !== null &&
    Object.values(negative).every((make) => typeof make === 'function');
  if (fits) return;
  throw new InvalidOptionError('negative', negative, 'an object with a function (message) => Error for each code');
}
