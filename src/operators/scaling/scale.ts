import type { ScaleDecision, ScaleLimits, ScaleReason, ScaleSample, ScaleState } from './scaleState.ts';

/** How long all must have been busy before the first step up, in ms, or a service time: one burst is no load. */
const PRESSED_MS = 750;
/** Where one handler takes long, a cool-down has at least so many service times: in fewer, chance looks like calm. */
const CALM_SERVICES = 20;
/** The share of the handlers' time from which on they are all busy. */
const FULL = 0.9;
/** The share of it to aim at when some are let go: between this and `FULL` nothing changes. */
const AIM = 0.8;
/** The share of the handlers that is left where the event loop does not bear them all. */
const RELIEF = 0.75;
/** How far back the sums reach, in ms; further where one handler takes long. */
const MEMORY_MS = 2_000;
/** A cool-down that was soon regretted is doubled, up to this multiple of what it was at first. */
const LONGEST_HOLD = 16;
/** For how many cool-downs it is believed what the event loop does not bear. */
const CEILING_HOLDS = 6;

/**
 * How many handlers are to run at once, given what was measured since the last time. Pure: the clock is the sample's.
 *
 * | found                                                    | then                                                   |
 * |----------------------------------------------------------|--------------------------------------------------------|
 * | the loop is late by more than it may be                  | a quarter fewer, and no more than that for a while     |
 * | all busy and some waiting, for a while                   | twice as many, or what works the backlog off in time   |
 * | the same, but what waits is being worked off in time     | as many                                                |
 * | the same, but the loop has no time left                  | as many: more would only wait for it                   |
 * | 4 in 5 would have been enough throughout the cool-down   | the most that were busy in that time, a fifth to spare |
 *
 * By Little's law the mean number of handlers that run is the rate times the service time. While nothing waits, busy
 * time over time measures it: that is what the load needs. What waits needs its service time, spread over `drainMs`, on
 * top. A step up is followed by another only once a service time has passed, so that its effect can be seen.
 */
export function scale(limits: ScaleLimits, before: ScaleState, sample: ScaleSample): ScaleDecision {
  const state = measured(before, sample);
  const decide = (reason: ScaleReason, concurrency = state.concurrency, next = state): ScaleDecision => {
    return { concurrency, reason, serviceMs: serviceMs(state), state: next };
  };
  if (sample.loop.delayMs > limits.maxLoopDelayMs && state.concurrency > limits.min) {
    const fewer = relieved(limits, state, sample);
    return fewer ? decide('loop-delay', fewer.concurrency, fewer) : decide('loop-busy');
  }
  if (pressed(state, sample.at)) {
    const most = Math.min(limits.max, state.ceiling?.concurrency ?? limits.max);
    if (state.concurrency >= most) return decide(most < limits.max ? 'loop-busy' : 'at-max');
    if (sample.loop.utilization >= limits.maxLoopUtilization) return decide('loop-busy');
    const more = Math.min(most, wanted(limits, state, sample));
    if (more > state.concurrency) return decide('backlog', more, regretted(changed(state, more, sample.at), state));
  }
  if (state.calm !== undefined && calmLongEnough(state, state.calm.since, sample.at)) {
    const fewer = Math.max(limits.min, Math.ceil(state.calm.need));
    if (fewer < state.concurrency)
      return decide('idle', fewer, forgiven(changed(state, fewer, sample.at), state, limits));
  }
  return decide('steady');
}

/** The state with the sample in it. */
function measured(before: ScaleState, sample: ScaleSample): ScaleState {
  const { concurrency, sums, pressedSince, calm, ceiling } = before;
  const { at, elapsedMs, busyMs, waiting } = sample;
  const kept = Math.exp(-elapsedMs / Math.max(MEMORY_MS, 2 * serviceMs(before)));
  const full = busyMs >= FULL * concurrency * elapsedMs;
  const need = busyMs / elapsedMs / AIM;
  const enough = waiting === 0 && Math.ceil(need) <= AIM * concurrency;
  return {
    ...before,
    sums: {
      busyMs: sums.busyMs * kept + busyMs,
      ended: sums.ended * kept + sample.ended,
      arrived: sums.arrived * kept + sample.arrived,
      elapsedMs: sums.elapsedMs * kept + elapsedMs,
    },
    pressedSince: full && waiting > 0 ? (pressedSince ?? at - elapsedMs) : undefined,
    calm: enough ? { since: calm?.since ?? at - elapsedMs, need: Math.max(calm?.need ?? 0, need) } : undefined,
    ceiling: ceiling !== undefined && ceiling.until > at ? ceiling : undefined,
  };
}

function pressed(state: ScaleState, at: number): boolean {
  return state.pressedSince !== undefined && at - state.pressedSince >= Math.max(PRESSED_MS, serviceMs(state));
}

function calmLongEnough(state: ScaleState, since: number, at: number): boolean {
  return at - since >= Math.max(state.holdMs, CALM_SERVICES * serviceMs(state));
}

/** What one handler takes; while none has ended, what they took so far. */
function serviceMs({ sums }: ScaleState): number {
  return sums.busyMs / Math.max(1, sums.ended);
}

/** How many a load asks for that presses; as many as there are where that may do. */
function wanted({ drainMs }: ScaleLimits, state: ScaleState, { at, waiting, backlog }: ScaleSample): number {
  const { concurrency, last, changedAt, sums } = state;
  if (last === 'up' && at - changedAt < serviceMs(state)) return concurrency;
  const queued = waiting + backlog;
  const gainPerMs = (sums.ended - sums.arrived) / sums.elapsedMs;
  if (backlog === 0 && gainPerMs > 0 && queued / gainPerMs <= drainMs) return concurrency;
  const byLittle = concurrency + (queued * serviceMs(state)) / drainMs;
  return Math.min(Math.ceil(Math.max(2 * concurrency, byLittle)), concurrency + queued);
}

function relieved(limits: ScaleLimits, state: ScaleState, { at }: ScaleSample): ScaleState | undefined {
  if (state.last !== undefined && at - state.changedAt < serviceMs(state)) return undefined;
  const concurrency = Math.max(limits.min, Math.floor(state.concurrency * RELIEF));
  const ceiling = { concurrency, until: at + CEILING_HOLDS * limits.coolDownMs };
  return { ...changed(state, concurrency, at), ceiling };
}

function changed(state: ScaleState, concurrency: number, at: number): ScaleState {
  const last = concurrency > state.concurrency ? 'up' : 'down';
  return { ...state, concurrency, last, changedAt: at, calm: undefined };
}

/** Growing soon after having shrunk: that was too soon, and the next time takes longer. */
function regretted(next: ScaleState, { last, changedAt, holdMs }: ScaleState): ScaleState {
  const soon = last === 'down' && next.changedAt - changedAt < 6 * holdMs;
  return soon ? { ...next, holdMs: 2 * holdMs } : next;
}

/** Shrinking: the hold is bounded, and after a long time without a change what was regretted is forgotten. */
function forgiven(next: ScaleState, { changedAt, holdMs }: ScaleState, { coolDownMs }: ScaleLimits): ScaleState {
  const long = next.changedAt - changedAt > 20 * holdMs;
  return { ...next, holdMs: long ? coolDownMs : Math.min(holdMs, LONGEST_HOLD * coolDownMs) };
}
