import { setTimeout as wait } from 'node:timers/promises';
import type { RedisNode } from '../../support/redisNode.ts';
import { RedisSentinel } from '../../support/redisSentinel.ts';
import type { PlannedFault } from '../schedule/schedule.ts';
import { type Afterwards, killReplicated, type Topology } from './topologyPort.ts';

/** A master with two replicas, and three sentinels. */
export class SentinelTopology implements Topology {
  static async start(args: readonly string[]): Promise<SentinelTopology> {
    return new SentinelTopology(await RedisSentinel.start({ args }));
  }

  private constructor(private readonly sentinel: RedisSentinel) {}

  get url(): string {
    return this.sentinel.url;
  }

  get ports(): readonly number[] {
    return [...this.sentinel.nodes, ...this.sentinel.sentinels].map(({ port }) => port);
  }

  async masters(): Promise<readonly RedisNode[]> {
    return [await this.sentinel.master()];
  }

  async killMaster({ lastsMs }: PlannedFault): Promise<Afterwards> {
    const before = await this.sentinel.master();
    await killReplicated(before);
    await this.sentinel.masterAfter(before);
    return async () => {
      await wait(lastsMs);
      await before.start();
      // Sentinels make a master that comes back a replica some ten seconds later; until then it is one more master.
      await this.sentinel.healthy();
    };
  }

  healthy(): Promise<void> {
    return this.sentinel.healthy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.sentinel.stop();
  }
}
