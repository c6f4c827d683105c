import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { serverVersion } from '../../adapters/redis/serverVersion.ts';
import type { Machine } from './report.ts';

const GIB = 1024 ** 3;

/** What the figures were taken on. */
export async function machine(store: string): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / GIB),
    os: `${platform()} ${release()}`,
    node: process.versions.node,
    server: store === 'memory' ? "none: this process's memory" : await serverVersion(store),
  };
}
