import { setTimeout as wait } from 'node:timers/promises';

/** How long a condition may take, in ms. */
export const PATIENCE_MS = 10_000;

/**
 * Resolves once the condition does not throw any more.
 *
 * @throws what it threw last, once patience is over
 */
export async function eventually<T>(condition: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await condition();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await wait(10);
  }
}
