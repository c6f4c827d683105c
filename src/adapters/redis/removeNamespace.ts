import { eachMaster } from './eachMaster.ts';

/** Removes every key of a namespace, without holding up the server; other keys are left alone. */
export async function removeNamespace(url: string, namespace: string): Promise<void> {
  const match = `${namespace.replace(/[\\*?[\]]/g, '\\$&')}:*`;
  await eachMaster(url, async (redis) => {
    for await (const keys of redis.scanStream({ match, count: 1_000 })) {
      // One a command, since on a Cluster they have different slots.
      await Promise.all((keys as string[]).map((key) => redis.unlink(key)));
    }
  });
}
