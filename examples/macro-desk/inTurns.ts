import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Gives way after every so many values to whatever else waits in this process: signals, sockets, timers. In memory a
 * publisher is never made to wait for a server, so without this it would publish everything before anyone consumes.
 */
export async function* inTurns<T>(values: Iterable<T>, every = 64): AsyncGenerator<T, void, undefined> {
  let count = 0;
  for (const value of values) {
    yield value;
    count += 1;
    if (count % every === 0) await nextTurn();
  }
}
