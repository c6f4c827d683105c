import { PermanentError } from '../../../../src/core/errors.ts';

/** What can go wrong in a thread, by name; anything else is answered as it is. */
export default async function faults(what: string): Promise<unknown> {
  const fault = FAULTS[what];
  return fault ? await fault() : what;
}

class OddError extends Error {
  override readonly name = 'OddError';
  readonly code = 'ODD';
}

const FAULTS: Record<string, () => unknown> = {
  exit: () => process.exit(3),
  // Thrown where nobody can catch it.
  uncaught: () =>
    new Promise(() => {
      setImmediate(() => {
        throw new Error('from nowhere');
      });
    }),
  unhandled: () => {
    void Promise.reject(new Error('nobody cares'));
    return new Promise(() => undefined);
  },
  memory: () => {
    const hoard: unknown[] = [];
    for (;;) hoard.push(new Array(10_000).fill(Math.random()));
  },
  endless: () => {
    for (;;);
  },
  hang: () => new Promise(() => undefined),
  throw: () => {
    throw new OddError('no', { cause: new TypeError('why') });
  },
  text: () => {
    throw 'just a text';
  },
  permanent: () => {
    throw new PermanentError('never', {}, 'MINE');
  },
  function: () => ({ call: () => 1 }),
};
