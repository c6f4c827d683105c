import { Observable } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { TopicIndex } from '../core/topicIndex.ts';
import { chained, chainOf } from '../internal/graph.ts';
import { PartitionSession } from './partitionSession.ts';
import { UnroutableError } from './unroutableError.ts';

export interface PartitionTopicsOptions {
  /** What matches none: is rejected with an `UnroutableError`, or acknowledged. @default 'reject' */
  readonly otherwise?: 'reject' | 'ack';
}

/** One Observable a pattern. */
export type Partitioned<T, Patterns extends readonly string[]> = {
  -readonly [I in keyof Patterns]: Observable<Delivery<T>>;
};

/**
 * Parts a source by topic into as many Observables as there are patterns; a delivery goes to the first that matches.
 * RxJS's `partition` with globs, and with one subscription to the source where that has one an output.
 *
 *     source:                               -a1-b1-a2-c1-b2-|
 *     partitionTopics(source, ['a*','b*']): -a1----a2-------|    c1 is rejected
 *                                           ----b1-------b2-|
 *
 * The source is subscribed when **every** output is, so that nothing is lost in between, and unsubscribed when none is.
 * So subscribe them all (`merge` does, `concat` waits for ever), each once at a time. After that, they can all be
 * subscribed anew.
 *
 * Order: kept within an output. Memory: what the source emits while it is being routed, at most its credit; 20,000 topics.
 * Settlement: the outputs'. What comes for an output that was unsubscribed while others are not, fails with a
 * `BranchEndedError`. What waits when the last is unsubscribed is released. Errors: the source's go to every output.
 *
 * @example
 * const trading = bus.from('*', { group: 'desk' });
 * const [orders, quotes] = partitionTopics(trading, ['trading.orders.*', 'data.quotes.*']);
 * const running = merge(orders.pipe(handle(book)), quotes.pipe(handle(price)));
 *
 * @throws {InvalidOptionError} if there is no pattern
 * @throws {InvalidPatternError} if a pattern can't be compiled
 */
export function partitionTopics<T, const Patterns extends readonly string[]>(
  source: Observable<Delivery<T>>,
  patterns: Patterns,
  options: PartitionTopicsOptions = {},
): Partitioned<T, Patterns> {
  const { otherwise = 'reject' } = options;
  check(patterns, otherwise);
  const index = new TopicIndex(patterns);
  const router = {
    names: patterns.map((pattern) => `'${pattern}'`),
    choose: ({ message }: Delivery<T>) => index.find(message.topic),
    settle(delivery: Delivery<T>) {
      if (otherwise === 'ack') delivery.ack();
      else delivery.reject(new UnroutableError(delivery.message, patterns));
    },
  };
  let session: PartitionSession<T> | undefined;
  const start = () => {
    const started = new PartitionSession(source, router, () => {
      if (session === started) session = undefined;
    });
    return started;
  };
  const outputs = patterns.map((pattern, output) => {
    const node = { kind: 'operator', name: 'partitionTopics', attributes: { pattern, patterns, otherwise } } as const;
    const observable = new Observable<Delivery<T>>((subscriber) => {
      session ??= start();
      session.join(output, subscriber);
    });
    return chained(observable, [...chainOf(source), node]);
  });
  return outputs as Partitioned<T, Patterns>;
}

function check(patterns: readonly string[], otherwise: unknown): void {
  if (patterns.length === 0) throw new InvalidOptionError('patterns', patterns, 'at least one pattern');
  if (otherwise !== 'reject' && otherwise !== 'ack') {
    throw new InvalidOptionError('otherwise', otherwise, "'reject' or 'ack'");
  }
}
