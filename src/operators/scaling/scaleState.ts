/** How busy the event loop was since the last look. */
export interface LoopLoad {
  /** The share of the time in which it had work to do, 0 to 1. */
  readonly utilization: number;
  /** How late what was due came to run, on average, in ms. */
  readonly delayMs: number;
}

/** What bounds and paces the scaling. */
export interface ScaleLimits {
  readonly min: number;
  readonly max: number;
  /** How soon a backlog is to be worked off, in ms. */
  readonly drainMs: number;
  /** How long fewer must have been enough before some are let go, in ms. */
  readonly coolDownMs: number;
  /** From which use on the event loop bears no more handlers, 0 to 1. */
  readonly maxLoopUtilization: number;
  /** From which delay on it has too many, in ms. */
  readonly maxLoopDelayMs: number;
}

/** What was measured between two looks. */
export interface ScaleSample {
  /** When it was taken, in ms. */
  readonly at: number;
  /** Since the last one, in ms. */
  readonly elapsedMs: number;
  /** How many deliveries came since then. */
  readonly arrived: number;
  /** For how long handlers ran since then, summed up, in ms. */
  readonly busyMs: number;
  /** How many of them ended. */
  readonly ended: number;
  /** How many deliveries wait for a handler now. */
  readonly waiting: number;
  /** How many more the source has, 0 where that is not known. */
  readonly backlog: number;
  readonly loop: LoopLoad;
}

/** What the policy remembers from one sample to the next. */
export interface ScaleState {
  readonly concurrency: number;
  /** Which way it changed last, and when. */
  readonly last: 'up' | 'down' | undefined;
  readonly changedAt: number;
  /** The sums of the samples, of which the older count less and less: rates and the service time are their quotients. */
  readonly sums: {
    readonly busyMs: number;
    readonly ended: number;
    readonly arrived: number;
    readonly elapsedMs: number;
  };
  /** Since when all have been busy while some waited; undefined while it is not so. */
  readonly pressedSince: number | undefined;
  /** Since when fewer would have been enough, and how many at the most; undefined while they would not. */
  readonly calm: { readonly since: number; readonly need: number } | undefined;
  /** The cool-down: longer after each one that was soon regretted. */
  readonly holdMs: number;
  /** What the event loop did not bear, and until when that is believed. */
  readonly ceiling: { readonly concurrency: number; readonly until: number } | undefined;
}

/** Why it is as many as it is: `backlog`, `idle` and `loop-delay` come with a change, the others without. */
export type ScaleReason = 'backlog' | 'idle' | 'loop-delay' | 'loop-busy' | 'at-max' | 'steady';

export interface ScaleDecision {
  readonly concurrency: number;
  readonly reason: ScaleReason;
  /** What one handler takes, in ms, as far as it is known. */
  readonly serviceMs: number;
  readonly state: ScaleState;
}

/** Before the first sample. */
export function initialScale({ min, coolDownMs }: ScaleLimits, at: number): ScaleState {
  return {
    concurrency: min,
    last: undefined,
    changedAt: at,
    sums: { busyMs: 0, ended: 0, arrived: 0, elapsedMs: 0 },
    pressedSince: undefined,
    calm: undefined,
    holdMs: coolDownMs,
    ceiling: undefined,
  };
}
