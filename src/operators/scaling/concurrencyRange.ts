import { InvalidOptionError } from '../../core/errors.ts';
import type { Notify } from '../../core/notice.ts';
import { emitNotice } from '../../telemetry/emitNotice.ts';
import { checkCount } from '../checkCount.ts';
import { checkFunction } from '../checkFunction.ts';
import { checkMs } from '../checkMs.ts';
import type { LoopLoad, ScaleLimits } from './scaleState.ts';

/** A change of the number of handlers that may run at once. */
export interface ScaleChange {
  readonly from: number;
  readonly to: number;
  /**
   * Why: `backlog`, since all were busy and deliveries waited; `idle`, since fewer were enough throughout the cool-down;
   * `loop-delay`, since the event loop fell behind.
   */
  readonly reason: 'backlog' | 'idle' | 'loop-delay';
  /** When, by the scheduler's clock, in ms. */
  readonly at: number;
  /** How many deliveries waited for a handler. */
  readonly waiting: number;
  /** What one handler took on average, in ms. */
  readonly serviceMs: number;
  readonly loop: LoopLoad;
}

/** Between how many handlers `handle` may choose, and what it goes by. */
export interface ConcurrencyRange {
  /** The fewest at once, a whole number from 1. @default 1 */
  readonly min?: number;
  /** The most at once, a whole number from `min`. What a source gives out at once, its credit, bounds them too. */
  readonly max: number;
  /** How often it is looked at, in ms. @default 250 */
  readonly everyMs?: number;
  /** How soon what waits is to be worked off, in ms. @default 1_000 */
  readonly drainMs?: number;
  /** How long fewer must have been enough before some are let go, in ms. @default 30_000 */
  readonly coolDownMs?: number;
  /** The event loop's use from which on no more are added, above 0, at most 1. @default 0.9 */
  readonly maxLoopUtilization?: number;
  /** The event loop's delay from which on some are let go, in ms. @default 100 */
  readonly maxLoopDelayMs?: number;
  /** How many messages the source has yet to give out, where you know. @default what waits here is all that counts */
  readonly backlog?: () => number;
  /** Measures the event loop: what it did since the last call. @default Node's own figures */
  readonly loop?: () => LoopLoad;
  /** Told of each change. */
  readonly onScale?: (change: ScaleChange) => void;
  /** Told of each change as an `info`, and as a warning of what stands in the way. @default `process.emitWarning` */
  readonly notify?: Notify;
}

/** A range whose options are checked and complete. */
export interface Scaling extends ScaleLimits {
  readonly everyMs: number;
  readonly backlog: () => number;
  readonly loop: (() => LoopLoad) | undefined;
  readonly onScale: (change: ScaleChange) => void;
  readonly notify: Notify;
}

/** @throws {InvalidOptionError} naming the option that can't be used */
export function scalingOf(range: ConcurrencyRange): Scaling {
  const scaling = {
    min: range.min ?? 1,
    max: range.max,
    everyMs: range.everyMs ?? 250,
    drainMs: range.drainMs ?? 1_000,
    coolDownMs: range.coolDownMs ?? 30_000,
    maxLoopUtilization: range.maxLoopUtilization ?? 0.9,
    maxLoopDelayMs: range.maxLoopDelayMs ?? 100,
    backlog: range.backlog ?? (() => 0),
    loop: range.loop,
    onScale: range.onScale ?? (() => undefined),
    notify: range.notify ?? emitNotice,
  };
  check(scaling);
  return scaling;
}

function check(scaling: Scaling): void {
  const { min, max, maxLoopUtilization } = scaling;
  checkCount('concurrency.min', min);
  if (!Number.isSafeInteger(max) || max < min) {
    throw new InvalidOptionError('concurrency.max', max, `a whole number from concurrency.min, which is ${min}`);
  }
  for (const option of ['everyMs', 'drainMs', 'coolDownMs', 'maxLoopDelayMs'] as const) {
    checkMs(`concurrency.${option}`, scaling[option]);
  }
  if (!(maxLoopUtilization > 0 && maxLoopUtilization <= 1)) {
    throw new InvalidOptionError('concurrency.maxLoopUtilization', maxLoopUtilization, 'a number above 0, at most 1');
  }
  for (const option of ['backlog', 'onScale', 'notify'] as const)
    checkFunction(`concurrency.${option}`, scaling[option]);
  if (scaling.loop !== undefined) checkFunction('concurrency.loop', scaling.loop);
}
