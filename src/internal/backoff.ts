/** Growing waits between attempts. */
export interface BackoffOptions {
  /** The wait after the first attempt, in ms. @default 100 */
  readonly initialMs?: number;
  /** The longest wait, in ms. @default 30_000 */
  readonly maxMs?: number;
  /** What each wait is multiplied by. @default 2 */
  readonly factor?: number;
  /** The share of a wait that is drawn by lot, 0 to 1: 0.5 waits between half and all of it. @default 0.5 */
  readonly jitter?: number;
}

/** The wait after the given attempt (1 for the first), in whole ms. */
export function backoffMs(attempt: number, options: BackoffOptions = {}, random: () => number = Math.random): number {
  const { initialMs = 100, maxMs = 30_000, factor = 2, jitter = 0.5 } = options;
  const full = Math.min(maxMs, initialMs * factor ** (attempt - 1));
  return Math.round(full * (1 - jitter * random()));
}
