import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Publisher, PublishOptions } from '../core/publisher.ts';
import { checkTopic } from '../core/topic.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { callOn } from './callOn.ts';
import { carriedOver } from './carriedOver.ts';
import { Unconfirmed } from './unconfirmed.ts';

/** A topic, or what makes one of a delivery. */
export type TopicOf<D extends Delivery> = string | ((delivery: D) => string);

/** How to publish, the same for all or made of each delivery. */
export type ToTopicOptions<D extends Delivery> = PublishOptions | ((delivery: D) => PublishOptions);

/**
 * Publishes each delivery's data under a topic, and hands the delivery on once the store has it.
 *
 *     source:       -a-b---|
 *     toTopic('t'): ---a-b-|    each confirmed after two frames
 *
 * Priority and key are the message's own unless given. Its headers go along, beside those given; what tells of one hop
 * only, the trace context and the bus's own `sluice-…`, does not. Id and time are new.
 *
 * Order: messages of a tier reach the store as they came; deliveries are handed on as they are confirmed.
 * Memory: what is not confirmed yet, at most the source's credit.
 * Settlement: what the publisher refuses fails; an invalid topic is rejected. When unsubscribed, or when the source
 * errors, what is not confirmed yet is released, and may have been published all the same: it is then published again
 * (at least once). What was settled before it came is published as any other; what others settle meanwhile is not
 * handed on. Errors: what a callback throws fails the delivery; the source's are passed on.
 *
 * @example
 * orders.pipe(toTopic(publisher, ({ data }) => `risk.${data.symbol}`, { priority: 'high' }));
 *
 * @throws {InvalidTopicError} if a fixed topic can't be published to
 */
export function toTopic<D extends Delivery>(
  publisher: Publisher,
  topic: TopicOf<D>,
  options: ToTopicOptions<D> = {},
): MonoTypeOperatorFunction<D> {
  checkOptions(options);
  const topicOf = typeof topic === 'function' ? topic : fixed(checkTopic(topic));
  const optionsOf = typeof options === 'function' ? options : fixed(options);
  const request = (delivery: D) => [topicOf(delivery), carriedOver(delivery.message, optionsOf(delivery))] as const;
  return described(
    { kind: 'sink', name: 'toTopic', attributes: typeof topic === 'string' ? { topic } : {} },
    operate<D, D>((source, subscriber) => {
      const unconfirmed = new Unconfirmed(subscriber);
      const next = (delivery: D) => {
        const asked = callOn(delivery, request);
        if (asked === undefined) return;
        unconfirmed.add(delivery);
        const [to, how] = asked;
        publisher.send(to, delivery.data, how, delivery.context, (error) => unconfirmed.confirm(delivery, error));
      };
      feed(source, subscriber, { next, complete: () => unconfirmed.complete() });
      return () => unconfirmed.release();
    }),
  );
}

function fixed<V>(value: V): () => V {
  return () => value;
}

function checkOptions(options: unknown): void {
  if ((typeof options !== 'object' && typeof options !== 'function') || options === null) {
    throw new InvalidOptionError('options', options, 'how to publish, or a function that tells it of a delivery');
  }
}
