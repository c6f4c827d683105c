import { withClient } from './withClient.ts';

/** What a server says it is: `Redis 7.0.15`, `Valkey 8.1.0`. */
export function serverVersion(url: string): Promise<string> {
  return withClient(url, async (redis) => {
    const info = await redis.info('server');
    const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
    return valkey === undefined ? `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown'}` : `Valkey ${valkey}`;
  });
}
