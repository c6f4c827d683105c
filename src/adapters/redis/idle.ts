import type { Wait } from './waits.ts';

/** How often a call looks that has no connection to wait on, in ms. */
export const POLL_MS = 100;

/** Waits for time to pass, or to be woken. */
export function idle(wait: Wait, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wait.interrupt = () => {
      clearTimeout(timer);
      resolve();
    };
    if (wait.woken) wait.interrupt();
  });
}
