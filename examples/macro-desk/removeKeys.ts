import { Redis } from 'ioredis';

/** Removes every key of a namespace from a Redis server. */
export async function removeKeys(url: string, namespace: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    for await (const keys of redis.scanStream({ match: `${namespace}:*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
  } finally {
    redis.disconnect();
  }
}
