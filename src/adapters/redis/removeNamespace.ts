import { withClient } from './withClient.ts';

/** Removes every key of a namespace, without holding up the server; other keys are left alone. */
export function removeNamespace(url: string, namespace: string): Promise<void> {
  const match = `${namespace.replace(/[\\*?[\]]/g, '\\$&')}:*`;
  return withClient(url, async (redis) => {
    for await (const keys of redis.scanStream({ match, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
  });
}
