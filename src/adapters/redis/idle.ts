import type { Wait } from './waits.ts';

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
