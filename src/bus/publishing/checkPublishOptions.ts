import { InvalidOptionError } from '../../core/errors.ts';
import { PRIORITIES } from '../../core/priority.ts';
import type { PublishOptions } from '../../core/publisher.ts';

const TEXTS = ['key', 'id', 'encoding', 'type'] as const;
/** Ten years, in ms: what waits longer was a mistake of units. */
const LONGEST_DELAY_MS = 315_576_000_000;

/**
 * Lets pass only what can be read again: a consumer could do nothing with the rest but dead-letter it.
 *
 * @throws {InvalidOptionError}
 */
export function checkPublishOptions(options: PublishOptions): void {
  if (!isObject(options)) throw new InvalidOptionError('options', options, 'an object of options');
  const { priority, headers, time } = options;
  if (priority !== undefined && !PRIORITIES.includes(priority)) {
    throw new InvalidOptionError('priority', priority, `one of ${PRIORITIES.join(', ')}`);
  }
  for (const name of TEXTS) checkText(name, options[name]);
  // All that have it would be one message, and kept once.
  if (options.id === '') throw new InvalidOptionError('id', '', 'a string that is not empty, or nothing');
  if (time !== undefined && !Number.isFinite(time)) throw new InvalidOptionError('time', time, 'ms since the epoch');
  checkDelay(options);
  if (headers === undefined) return;
  if (!isObject(headers)) throw new InvalidOptionError('headers', headers, 'an object of strings');
  for (const [name, value] of Object.entries(headers)) checkText(`headers.${name}`, value);
}

function checkDelay({ delayMs, deliverAt }: PublishOptions): void {
  if (delayMs !== undefined && !(typeof delayMs === 'number' && delayMs >= 0 && delayMs <= LONGEST_DELAY_MS)) {
    throw new InvalidOptionError('delayMs', delayMs, `a number of ms from 0 to ${LONGEST_DELAY_MS}, ten years`);
  }
  if (deliverAt === undefined) return;
  if (delayMs !== undefined)
    throw new InvalidOptionError('deliverAt', deliverAt, 'nothing beside `delayMs`: give one of them');
  const atMs = typeof deliverAt === 'number' || deliverAt instanceof Date ? Number(deliverAt) : Number.NaN;
  if (!(atMs >= 0 && atMs <= Date.now() + LONGEST_DELAY_MS)) {
    throw new InvalidOptionError('deliverAt', deliverAt, 'a Date, or ms since the epoch, at most ten years from now');
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkText(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'string') throw new InvalidOptionError(option, value, 'a string');
}
