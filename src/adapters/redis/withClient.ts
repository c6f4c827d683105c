import { Redis } from 'ioredis';
import { settingsOf } from './settings.ts';

/** Runs something on a connection of its own, which is closed after it; fails where the server can't be reached. */
export async function withClient<T>(url: string, run: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({
    ...settingsOf({ url }).client,
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
  });
  // What goes wrong rejects the call that it concerns; without a listener it would be printed as well.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await run(redis);
  } finally {
    redis.disconnect();
  }
}
