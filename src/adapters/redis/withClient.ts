import { Redis } from 'ioredis';
import { settingsOf } from './settings.ts';
import { toStoreError } from './toStoreError.ts';

/**
 * Runs something on a connection of its own, which is closed after it.
 *
 * Rejects with a `StoreError`: `StoreUnavailableError` if the server can't be reached.
 */
export async function withClient<T>(url: string, run: (redis: Redis) => Promise<T>): Promise<T> {
  const { client, where } = settingsOf({ url });
  const redis = new Redis({
    ...client,
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
  });
  // The call that it concerns rejects as well, but only with "Connection is closed".
  let first: Error | undefined;
  redis.on('error', (error: Error) => {
    first ??= error;
  });
  try {
    await redis.connect();
    return await run(redis);
  } catch (cause) {
    throw toStoreError(first ?? cause, { where });
  } finally {
    redis.disconnect();
  }
}
