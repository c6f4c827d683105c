import { from, isObservable, type ObservableInput } from 'rxjs';
import { InvalidOptionError } from '../../core/errors.ts';
import { AsyncIterableInput } from './asyncIterableInput.ts';
import { IterableInput } from './iterableInput.ts';
import type { LocalInput } from './localInput.ts';
import { PushedInput, type PushedInputOptions } from './pushedInput.ts';

/**
 * Chooses how an input is read: what can be pulled is pulled, the rest pushes into a buffer.
 *
 * @throws {InvalidOptionError} if it is nothing that RxJS can read
 */
export function inputOf<T>(input: ObservableInput<T>, options: PushedInputOptions): () => LocalInput<T> {
  if (isObservable(input)) return () => new PushedInput(input, options);
  if (has(input, Symbol.iterator)) return () => new IterableInput(input as Iterable<T>);
  if (has(input, Symbol.asyncIterator)) return () => new AsyncIterableInput(input as AsyncIterable<T>);
  const pushed = foreign(input);
  return () => new PushedInput(pushed, options);
}

/** Promises, observables of other libraries, array-likes, web streams without an iterator. */
function foreign<T>(input: ObservableInput<T>) {
  try {
    return from(input);
  } catch {
    throw new InvalidOptionError('input', input, 'an Observable, a Promise, an iterable or an async iterable');
  }
}

function has(value: unknown, symbol: symbol): boolean {
  if (typeof value === 'string') return symbol === Symbol.iterator;
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof (value as Record<symbol, unknown>)[symbol] === 'function';
}
