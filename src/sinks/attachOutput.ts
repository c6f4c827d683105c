import { AtomicOutputError } from '../core/atomicOutputError.ts';
import type { Delivery } from '../core/delivery.ts';
import type { RootDuty } from '../core/duty.ts';
import { InvalidTopicError, toError } from '../core/errors.ts';
import type { Publisher, PublishOptions } from '../core/publisher.ts';

/**
 * Has a delivery's ack append an output. False if the delivery is settled, otherwise than by an ack, or has failed by this:
 * its output is dropped then.
 *
 * @throws {AtomicOutputError} where no output of the kind can be atomic; the delivery was released
 */
export function attachOutput(
  publisher: Publisher,
  delivery: Delivery,
  topic: string,
  options: PublishOptions,
): boolean {
  try {
    const root = rootOf(delivery, topic);
    if (root.settled) return false;
    const { place } = root.origin;
    if (!place || !publisher.record) throw new AtomicOutputError('ATOMIC_SOURCE', topic, NO_STORE);
    const record = publisher.record(topic, delivery.data, options, delivery.context, place);
    root.outputs ??= [];
    root.outputs.push(record);
    return true;
  } catch (cause) {
    if (cause instanceof AtomicOutputError && cause.code !== 'ATOMIC_PARTITION') {
      delivery.release();
      throw cause;
    }
    if (cause instanceof InvalidTopicError) delivery.reject(cause);
    else delivery.fail(toError(cause));
    return false;
  }
}

const NO_STORE =
  'its input was not read from the store of a bus; leave `atomic` out, or read it by `bus.from` and write it by `bus.to`';

function rootOf({ duty }: Delivery, topic: string): RootDuty {
  const [root, ...more] = duty.roots;
  if (!root || more.length > 0) {
    const why = `it is made of ${more.length + 1} deliveries, which are acked one by one; publish before they are joined, or leave \`atomic\` out`;
    throw new AtomicOutputError('ATOMIC_BATCH', topic, why);
  }
  if (root.verdict?.kind === 'ack') {
    const why = 'its input was acked before; publish before `acknowledge()`, or leave `atomic` out';
    throw new AtomicOutputError('ATOMIC_SETTLED', topic, why);
  }
  return root;
}
