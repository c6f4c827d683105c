import { InvalidOptionError } from '../../core/errors.ts';
import type { Headers, Message } from '../../core/message.ts';
import { PRIORITIES, type Priority } from '../../core/priority.ts';
import { checkTopic } from '../../core/topic.ts';

/** How data becomes a message. What a function throws, or gives that can't be used, rejects that data alone. */
export interface MessageOptions<T> {
  /** @default the source's name */
  readonly topic?: string | ((data: T) => string);
  /** @default 'normal' */
  readonly priority?: Priority | ((data: T) => Priority);
  /** Ordering key. @default none */
  readonly key?: string | ((data: T) => string | undefined);
  /** @default none */
  readonly headers?: Headers | ((data: T) => Headers);
}

/** Data and what the source knows of it. */
export interface Raw<T> {
  readonly data: T;
  readonly id: string;
  /** ms since the epoch. */
  readonly time: number;
}

/**
 * Compiles the options to a function that makes messages; it throws where the options' own functions do.
 *
 * @throws {InvalidTopicError} if a fixed topic can't be published to
 * @throws {InvalidOptionError} if a fixed priority is none of the tiers
 */
export function messageMaker<T>(options: MessageOptions<T>, name: string): (raw: Raw<T>) => Message<T> {
  const { topic = name, priority = 'normal', key, headers = NO_HEADERS } = options;
  if (typeof topic !== 'function') checkTopic(topic);
  if (typeof priority !== 'function') checkPriority(priority);
  return ({ data, id, time }) => {
    const base = {
      id,
      topic: typeof topic === 'function' ? checkTopic(topic(data)) : topic,
      data,
      priority: typeof priority === 'function' ? checkPriority(priority(data)) : priority,
      headers: typeof headers === 'function' ? headers(data) : headers,
      time,
    };
    const ordering = typeof key === 'function' ? key(data) : key;
    return ordering === undefined ? base : { ...base, key: ordering };
  };
}

function checkPriority(priority: Priority): Priority {
  if (PRIORITIES.includes(priority)) return priority;
  throw new InvalidOptionError('priority', priority, `one of ${PRIORITIES.join(', ')}`);
}

const NO_HEADERS: Headers = Object.freeze({});
