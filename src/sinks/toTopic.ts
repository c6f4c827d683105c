import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Publisher, PublishOptions } from '../core/publisher.ts';
import { checkTopic } from '../core/topic.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { attachOutput } from './attachOutput.ts';
import { callOn } from './callOn.ts';
import { carriedOver } from './carriedOver.ts';
import { Unconfirmed } from './unconfirmed.ts';

/** A topic, or what makes one of a delivery. */
export type TopicOf<D extends Delivery> = string | ((delivery: D) => string);

/** How to publish what became of a delivery. */
export interface OutputOptions extends PublishOptions {
  /**
   * Keeps the output in the very step that acks the delivery: both, or neither. It goes to the partition of its input: its
   * topic must be bound to the same stream, and its key, if it has one, belong to the same partition. @default false
   */
  readonly atomic?: boolean;
}

/** How to publish, the same for all or made of each delivery. */
export type ToTopicOptions<D extends Delivery> = OutputOptions | ((delivery: D) => OutputOptions);

/**
 * Publishes each delivery's data under a topic, and hands the delivery on once the store has it.
 *
 *     source:       -a-b---|
 *     toTopic('t'): ---a-b-|    each confirmed after two frames
 *
 * Priority and key are the message's own unless given. Its headers go along, beside those given; what tells of one hop
 * only, the trace context and the bus's own `sluice-…`, does not. Id and time are new.
 *
 * With `atomic` the delivery is handed on at once, and its ack appends the output: a crash leaves both or neither, and a
 * delivery that ends otherwise leaves no output. Of one that is split, the outputs of all parts are kept together.
 *
 * Order: messages of a tier reach the store as they came; deliveries are handed on as they are confirmed.
 * Memory: what is not confirmed yet, at most the source's credit.
 * Settlement: what the publisher refuses fails; an invalid topic is rejected. When unsubscribed, or when the source
 * errors, what is not confirmed yet is released, and may have been published all the same: it is then published again
 * (at least once). What was settled before it came is published as any other; what others settle meanwhile is not
 * handed on. Errors: what a callback throws fails the delivery; the source's are passed on. `AtomicOutputError` where
 * atomic can't be: a key of another partition fails its delivery, everything else ends the stream and releases.
 *
 * @example
 * orders.pipe(toTopic(publisher, ({ data }) => `risk.${data.symbol}`, { priority: 'high', atomic: true }));
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
    { kind: 'sink', name: 'toTopic', attributes: attributesOf(topic, options) },
    operate<D, D>((source, subscriber) => {
      const unconfirmed = new Unconfirmed(subscriber);
      const next = (delivery: D) => {
        const asked = callOn(delivery, request);
        if (asked === undefined) return;
        const [to, how] = asked;
        if (how.atomic && !attachOutput(publisher, delivery, to, how)) return;
        unconfirmed.add(delivery);
        if (how.atomic) unconfirmed.confirm(delivery, undefined);
        else publisher.send(to, delivery.data, how, delivery.context, (error) => unconfirmed.confirm(delivery, error));
      };
      feed(source, subscriber, { next, complete: () => unconfirmed.complete() });
      return () => unconfirmed.release();
    }),
  );
}

function attributesOf(topic: unknown, options: unknown): Record<string, unknown> {
  const isAtomic = typeof options === 'object' && (options as OutputOptions).atomic === true;
  return { ...(typeof topic === 'string' && { topic }), ...(isAtomic && { atomic: true }) };
}

function fixed<V>(value: V): () => V {
  return () => value;
}

function checkOptions(options: unknown): void {
  if ((typeof options !== 'object' && typeof options !== 'function') || options === null) {
    throw new InvalidOptionError('options', options, 'how to publish, or a function that tells it of a delivery');
  }
  const { atomic, delayMs = 0, deliverAt } = options as OutputOptions;
  if (atomic !== undefined && typeof atomic !== 'boolean') {
    throw new InvalidOptionError('atomic', atomic, 'true or false');
  }
  if (atomic && (delayMs !== 0 || deliverAt !== undefined)) {
    throw new InvalidOptionError(
      'atomic',
      atomic,
      'nothing beside `delayMs` or `deliverAt`: an output of an ack is there at once',
    );
  }
}
