import { constants } from 'node:os';
import { InvalidOptionError, toError } from '../core/errors.ts';
import { LONGEST_MS } from '../internal/longestMs.ts';
import { emitNotice } from '../telemetry/emitNotice.ts';

/** What can be ended in an orderly way: a bus, a running pipeline, whatever else is `AsyncDisposable`. */
export type Stoppable =
  | { stop(options: { readonly deadlineMs: number }): Promise<unknown> }
  | { close(options: { readonly deadlineMs: number }): Promise<unknown> }
  | AsyncDisposable;

export interface StopOnSignalsOptions {
  /** How long what is in flight may take to finish, in ms; the rest is given back. @default 10_000 */
  readonly deadlineMs?: number;
  /** @default SIGTERM and SIGINT */
  readonly signals?: readonly NodeJS.Signals[];
  /** Ends the process, with 0 if all has stopped, else 1; or 128 + its number, if a second signal comes. @default `process.exit` */
  readonly exit?: (code: number) => void;
}

/**
 * Stops what is given, in order, when the process is asked to end, and ends it then. A second signal ends it at once.
 *
 * Give the pipelines first and the bus last; a bus alone is enough if all that runs reads from it. Whatever is not done
 * within `deadlineMs`, which all of them share, is given back, so that others have it at once. Disposing of what is
 * returned takes the handlers away; so does the end.
 *
 * @example
 * stopOnSignals([bus]);
 *
 * @throws {InvalidOptionError} if something can't be stopped, a signal is none, or `deadlineMs` no time
 */
export function stopOnSignals(stoppables: readonly Stoppable[], options: StopOnSignalsOptions = {}): Disposable {
  const { deadlineMs = 10_000, signals = ['SIGTERM', 'SIGINT'], exit = (code) => process.exit(code) } = options;
  check(stoppables, deadlineMs, signals);
  let stopping = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (stopping) return exit(128 + constants.signals[signal]);
    stopping = true;
    void stopAll(stoppables, deadlineMs).then((code) => {
      remove();
      exit(code);
    });
  };
  const remove = (): void => {
    for (const signal of signals) process.removeListener(signal, handle);
  };
  for (const signal of signals) process.on(signal, handle);
  return { [Symbol.dispose]: remove };
}

/** Resolves with the exit code; one that fails keeps none of the others from being stopped. */
async function stopAll(stoppables: readonly Stoppable[], withinMs: number): Promise<number> {
  const endMs = performance.now() + withinMs;
  let code = 0;
  for (const stoppable of stoppables) {
    try {
      await stop(stoppable, Math.max(0, Math.floor(endMs - performance.now())));
    } catch (cause) {
      code = 1;
      const error = toError(cause);
      emitNotice({ level: 'error', code: 'STOP_FAILED', message: `stopping failed: ${error.message}`, error });
    }
  }
  return code;
}

async function stop(stoppable: Stoppable, deadlineMs: number): Promise<void> {
  if ('stop' in stoppable) await stoppable.stop({ deadlineMs });
  else if ('close' in stoppable) await stoppable.close({ deadlineMs });
  else await stoppable[Symbol.asyncDispose]();
}

function check(stoppables: unknown, deadlineMs: number, signals: readonly string[]): void {
  if (!Array.isArray(stoppables) || !stoppables.every(isStoppable)) {
    throw new InvalidOptionError(
      'stoppables',
      stoppables,
      'an array of what has stop(), close() or Symbol.asyncDispose',
    );
  }
  if (!(deadlineMs >= 0 && deadlineMs <= LONGEST_MS)) {
    throw new InvalidOptionError('deadlineMs', deadlineMs, `a number of ms from 0 to ${LONGEST_MS}`);
  }
  for (const signal of signals) {
    if (!(signal in constants.signals)) throw new InvalidOptionError('signals', signal, 'names of signals, as SIGTERM');
  }
}

function isStoppable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { stop: stops, close, [Symbol.asyncDispose]: disposes } = value as Record<string | symbol, unknown>;
  return [stops, close, disposes].some((end) => typeof end === 'function');
}
