import { InvalidOptionError } from '../core/errors.ts';
import type { BackoffOptions } from '../internal/backoff.ts';

/** @throws {InvalidOptionError} naming the option, if a wait can't be reckoned with it */
export function checkBackoff(option: string, backoff: BackoffOptions = {}): void {
  const { initialMs = 0, maxMs = 0, factor = 1, jitter = 0 } = backoff;
  const check = (name: string, value: unknown, fits: boolean, takes: string) => {
    if (!fits) throw new InvalidOptionError(`${option}.${name}`, value, takes);
  };
  check('initialMs', initialMs, initialMs >= 0 && initialMs < Infinity, 'a number of ms from 0');
  check('maxMs', maxMs, maxMs >= 0 && maxMs < Infinity, 'a number of ms from 0');
  check('factor', factor, factor >= 1 && factor < Infinity, 'a number from 1');
  check('jitter', jitter, jitter >= 0 && jitter <= 1, 'a number from 0 to 1');
}
