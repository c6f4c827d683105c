import { sharedClock } from '../ledger/sharedClock.ts';

const TICK_MS = 50;
/** What is shorter hurts no lease. */
const STALL_MS = 300;

/** Tells when this process had no turn for a while: it was frozen, or the machine had no time for it. */
export function watchStalls(tell: (stalledMs: number) => void): void {
  let last = sharedClock();
  setInterval(() => {
    const now = sharedClock();
    const stalledMs = now - last - TICK_MS;
    last = now;
    if (stalledMs > STALL_MS) tell(stalledMs);
  }, TICK_MS).unref();
}
