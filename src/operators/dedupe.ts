import { asyncScheduler, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { callOn, FAILED } from './callOn.ts';
import { checkCount } from './checkCount.ts';
import { checkFunction } from './checkFunction.ts';
import { LocalSeen } from './localSeen.ts';
import { passOn } from './passOn.ts';
import type { Seen, SeenOptions } from './seen.ts';
import { SeenLines } from './seenLines.ts';

export interface DedupeOptions<T = unknown> extends SeenOptions {
  /** What two deliveries of one message have in common. @default the message's id */
  readonly by?: (data: T, message: Message<T>) => string;
  /** Where what was seen is remembered: `bus.seen(name)`, which has its own `withinMs` and `maxKeys`. @default this process */
  readonly seen?: Seen;
  /** Whose time it is. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Passes on the first delivery of each key, and acks what comes again within a time: for what comes from outside, where the
 * same message may be published twice.
 *
 *     source:    -a-b-a'-c-b'-|
 *     dedupe():  -a-b----c----|    a' and b' are acked once a and b are
 *
 * A key counts as seen when its first delivery is acked, and not before: after a failure or a crash the next is handled.
 * One that comes while the first is still being handled waits for what becomes of that. By default what was seen is known to
 * this operator alone, restarts of its pipeline included; with `bus.seen` to every process on the store, and after a
 * restart: the key is then kept before the ack reaches the source, so that a crash between leaves no second handling. An
 * ack that appends outputs goes first, since a crash between would lose them.
 *
 * Order: kept of different keys, with `bus.seen` as the store answers. Memory: `maxKeys` keys, and what waits, within the source's credit. Settlement: what was
 * seen is acked. What waits is acked with the first of its key; if that ends otherwise, the next is passed on. On
 * unsubscription and on a source error what waits is released; on completion it stays with the first of its key, and is
 * released if that is not acked. What was settled before it came is passed on and not remembered. Errors: what `by` throws,
 * or has no text for, fails the delivery; what a store refuses for good ends the stream; while it is away, deliveries wait.
 *
 * @example
 * bus.from('payments.*', { group: 'book' }).pipe(
 *   dedupe({ by: (data) => (data as { reference: string }).reference, seen: bus.seen('payments') }),
 *   handle(book),
 * );
 *
 * @throws {InvalidOptionError} if `by` is no function, a limit no whole number from 1, or `seen` nothing that remembers
 */
export function dedupe<D extends Delivery>(
  options: DedupeOptions<D extends Delivery<infer T> ? T : never> = {},
): MonoTypeOperatorFunction<D> {
  const { by = idOf, scheduler = asyncScheduler } = options;
  checkFunction('by', by);
  const seen = options.seen ?? localSeen(options, scheduler);
  if (typeof seen?.claim !== 'function') throw new InvalidOptionError('seen', seen, 'what `bus.seen(name)` gives');
  const keyOf = (data: unknown, message: Message) => checkKey((by as KeyOf)(data, message));
  const { withinMs, maxKeys } = seen;
  return described(
    { kind: 'operator', name: 'dedupe', attributes: { withinMs, maxKeys } },
    operate<D, D>((source, subscriber) => {
      const lines = new SeenLines<D>(seen, subscriber, scheduler);
      subscriber.add(() => lines.stop());
      feed(source, subscriber, {
        next: (delivery) => {
          if (delivery.settled) return passOn(subscriber, delivery);
          const key = callOn(delivery as Delivery, keyOf);
          if (key !== FAILED) lines.take(key, delivery);
        },
        complete: () => lines.complete(),
      });
    }),
  );
}

type KeyOf = (data: unknown, message: Message) => unknown;

const idOf = (_: unknown, { id }: Message): string => id;

function localSeen({ withinMs = 600_000, maxKeys = 100_000 }: SeenOptions, scheduler: SchedulerLike): Seen {
  checkCount('withinMs', withinMs);
  checkCount('maxKeys', maxKeys);
  return new LocalSeen(withinMs, maxKeys, scheduler);
}

function checkKey(key: unknown): string {
  if (typeof key === 'string') return key;
  throw new InvalidOptionError('by(data)', key, 'a text');
}
