import { scale } from '../../../src/operators/scaling/scale.ts';
import {
  initialScale,
  type LoopLoad,
  type ScaleLimits,
  type ScaleReason,
} from '../../../src/operators/scaling/scaleState.ts';

export const LIMITS: ScaleLimits = {
  min: 1,
  max: 50,
  drainMs: 1_000,
  coolDownMs: 30_000,
  maxLoopUtilization: 0.9,
  maxLoopDelayMs: 100,
};

const EVERY_MS = 250;
const AT_EASE: LoopLoad = { utilization: 0.1, delayMs: 0 };

export interface Load {
  /** When the next delivery comes after one that came at this time, in ms; Infinity for never. */
  readonly gapMs: (at: number) => number;
  /** What the next handler takes, in ms. */
  readonly serviceMs: (running: number, at: number) => number;
  /** How many may be out; a source with more to give has that many out always. */
  readonly credit?: number;
  readonly loop?: (running: number, at: number) => LoopLoad;
  readonly limits?: Partial<ScaleLimits>;
  readonly forMs: number;
}

export interface Change {
  readonly at: number;
  readonly to: number;
  readonly reason: ScaleReason;
}

/** A queue before as many handlers as the policy says, event by event. */
export function simulate({ gapMs, serviceMs, credit = Infinity, loop = () => AT_EASE, forMs, ...load }: Load) {
  const limits = { ...LIMITS, ...load.limits };
  const changes: Change[] = [];
  const ends: number[] = [];
  const endedAt: number[] = [];
  let state = initialScale(limits, 0);
  let [now, nextCome, nextLook, waiting, lookedAt] = [0, gapMs(0), EVERY_MS, 0, 0];
  let [arrived, ended, busyMs] = [0, 0, 0];

  function advance(to: number): void {
    busyMs += ends.length * (to - now);
    now = to;
  }
  function start(): void {
    while (waiting > 0 && ends.length < state.concurrency) {
      waiting -= 1;
      const end = now + serviceMs(ends.length + 1, now);
      const place = ends.findIndex((other) => other > end);
      ends.splice(place < 0 ? ends.length : place, 0, end);
    }
  }
  function look(): void {
    const sample = { at: now, elapsedMs: now - lookedAt, arrived, ended, busyMs, waiting, backlog: 0 };
    const decision = scale(limits, state, { ...sample, loop: loop(ends.length, now) });
    if (decision.concurrency !== state.concurrency) {
      changes.push({ at: now, to: decision.concurrency, reason: decision.reason });
    }
    state = decision.state;
    [arrived, ended, busyMs, lookedAt] = [0, 0, 0, now];
    nextLook = now + EVERY_MS;
  }

  while (now < forMs) {
    const full = waiting + ends.length >= credit;
    const next = Math.min(full ? Infinity : nextCome, ends[0] ?? Infinity, nextLook);
    advance(Math.max(now, next));
    if (next === ends[0]) {
      ends.shift();
      ended += 1;
      endedAt.push(now);
    } else if (next === nextLook) look();
    else {
      waiting += 1;
      arrived += 1;
      nextCome = now + gapMs(now);
    }
    start();
  }
  const rate = (from: number, to: number): number =>
    (endedAt.filter((at) => at > from && at <= to).length / (to - from)) * 1_000;
  return { changes, rate, concurrency: state.concurrency, waiting };
}

/** A number from 0 to 1, the same ones for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/** Gaps of a Poisson process: what many independent senders look like. */
export function poisson(perSecond: number, random: () => number): () => number {
  return () => (-Math.log(random()) * 1_000) / perSecond;
}
