import { InvalidOptionError } from '../core/errors.ts';

/** @throws {InvalidOptionError} unless it is a bus, or can stand in for one: mostly `await` was forgotten */
export function checkBus(bus: unknown): void {
  const { publish, then } = Object(bus) as { readonly publish?: unknown; readonly then?: unknown };
  if (typeof publish === 'function') return;
  throw new InvalidOptionError('bus', typeof then === 'function' ? 'a Promise' : bus, 'what `await connect(…)` gives');
}
