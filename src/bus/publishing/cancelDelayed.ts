import { firstValueFrom } from 'rxjs';
import { InvalidOptionError } from '../../core/errors.ts';
import type { DelayedMessage } from '../../core/publisher.ts';
import type { StreamStore } from '../../core/store.ts';
import { checkTopic } from '../../core/topic.ts';

/**
 * Takes back a message that waits to be due; whether it was. Its key, and so its partition, need not be known: every
 * partition of its topic is asked.
 */
export async function cancelDelayed(
  store: StreamStore,
  message: DelayedMessage,
  streamsOf: (topic: string) => readonly string[],
): Promise<boolean> {
  if (typeof message !== 'object' || message === null || typeof message.id !== 'string') {
    throw new InvalidOptionError('message', message, 'the receipt of a delayed message, with id and topic');
  }
  const { topic, id } = message;
  checkTopic(topic);
  const calls = streamsOf(topic).map((stream) => firstValueFrom(store.cancel(stream, [{ topic, id }])));
  const counts = await Promise.all(calls);
  return counts.some((count) => count > 0);
}
