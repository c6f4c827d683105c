import { eachMaster } from './eachMaster.ts';

/** What a server says it is: `Redis 7.0.15`, `Valkey 8.1.0`, `Redis 7.0.15, a Cluster of 3 masters`. */
export async function serverVersion(url: string): Promise<string> {
  const versions = await eachMaster(url, async (redis) => {
    const info = await redis.info('server');
    const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
    return valkey === undefined ? `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown'}` : `Valkey ${valkey}`;
  });
  const names = [...new Set(versions)].join(', ');
  return versions.length === 1 ? names : `${names}, a Cluster of ${versions.length} masters`;
}
