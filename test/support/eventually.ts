import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface EventuallyOptions {
  /** @default 5000 */
  readonly withinMs?: number;
  /** @default 20 */
  readonly everyMs?: number;
}

type Condition = () => unknown;

/**
 * Resolves once `condition` neither throws nor gives `false` (an assertion's `undefined` will do).
 *
 * @throws {Error} naming the last failure if that takes longer than `withinMs`
 */
export async function eventually(condition: Condition, options: EventuallyOptions = {}): Promise<void> {
  const { withinMs = 5_000, everyMs = 20 } = options;
  const deadline = performance.now() + withinMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      if ((await condition()) !== false) return;
      last = 'the condition gave false';
    } catch (error) {
      last = error;
    }
    await wait(everyMs);
  }
  const reason = last instanceof Error ? last.message : inspect(last);
  throw new Error(`not within ${withinMs} ms: ${reason}`, { cause: last });
}
