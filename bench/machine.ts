import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { Redis } from 'ioredis';

/** What the figures were taken on. */
export async function machine(redisUrl: string): Promise<Record<string, string | number>> {
  const redis = new Redis(redisUrl);
  const info = await redis.info('server');
  redis.disconnect();
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${platform()} ${release()}`,
    node: process.version,
    redis: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
    date: new Date().toISOString(),
  };
}
