import { PermanentError } from '../core/errors.ts';

/** A message that took its consumers with it: each time it was handed out, the process died or stood still. */
export class PoisonError extends PermanentError {
  constructor(
    /** How often it was handed out. */
    readonly attempts: number,
    /** The consumers that died with it in their hands, first to last. */
    readonly consumers: readonly string[],
  ) {
    const named = consumers.slice(-SHOWN).join(', ');
    super(
      `handed out ${attempts} times, it was in the hands of ${consumers.length} consumers that died, at last alone: ${named}; ` +
        'look into what its handler does to the process (process.exit, memory, a native crash, a loop that never ends), then replay it',
      {},
      'POISON',
    );
  }
}

const SHOWN = 5;
