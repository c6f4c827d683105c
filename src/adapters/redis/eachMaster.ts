import type { Redis } from 'ioredis';
import { discard, makeClient } from './client.ts';
import { ClusterNodes } from './clusterNodes.ts';
import type { Endpoint } from './endpoint.ts';
import { Sentinels } from './sentinels.ts';
import { type Settings, settingsOf } from './settings.ts';
import { toStoreError } from './toStoreError.ts';

/**
 * Runs something on each server that takes writes, one after the other: the one there is, or the masters of a Cluster. Each
 * has a connection of its own, which is closed after it.
 *
 * Rejects with a `StoreError`: `StoreUnavailableError` if a server can't be reached.
 */
export async function eachMaster<T>(url: string, run: (redis: Redis) => Promise<T>): Promise<T[]> {
  const settings = settingsOf({ url });
  const results: T[] = [];
  for (const endpoint of await mastersOf(settings)) results.push(await runOn(settings, endpoint, run));
  return results;
}

async function mastersOf(settings: Settings): Promise<readonly Endpoint[]> {
  const { layout } = settings;
  if (layout.kind === 'single') return [layout.at];
  if (layout.kind === 'sentinel') return [await new Sentinels(settings, layout).find()];
  const nodes = new ClusterNodes(settings, layout.seeds);
  try {
    await nodes.refresh();
    return nodes.masters;
  } catch (cause) {
    throw toStoreError(cause, settings);
  } finally {
    nodes.close();
  }
}

async function runOn<T>(settings: Settings, endpoint: Endpoint, run: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = makeClient(settings, endpoint);
  // The call that it concerns rejects as well, but only with "Connection is closed".
  let first: Error | undefined;
  redis.on('error', (error: Error) => {
    first ??= error;
  });
  try {
    await redis.connect();
    return await run(redis);
  } catch (cause) {
    throw toStoreError(first ?? cause, settings);
  } finally {
    discard(redis);
  }
}
