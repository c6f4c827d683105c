import { setTimeout as wait } from 'node:timers/promises';
import type { RedisNode } from '../../support/redisNode.ts';
import { RedisSentinel } from '../../support/redisSentinel.ts';
import type { PlannedFault } from '../schedule/schedule.ts';
import { insisted } from './command.ts';
import { type Afterwards, kill, type Topology } from './topologyPort.ts';

/** Sentinels that were starved trust nothing that they see for half a minute (TILT). */
const WITHIN_MS = 90_000;

/** Long enough for a machine that has much to do. */
const DOWN_AFTER_MS = 2_000;

/** A master with two replicas, and three sentinels. */
export class SentinelTopology implements Topology {
  static async start(args: readonly string[], spared: boolean): Promise<SentinelTopology> {
    return new SentinelTopology(await RedisSentinel.start({ args, downAfterMs: DOWN_AFTER_MS }), spared);
  }

  private constructor(
    private readonly sentinel: RedisSentinel,
    private readonly spared: boolean,
  ) {}

  get url(): string {
    return this.sentinel.url;
  }

  get ports(): readonly number[] {
    return [...this.sentinel.nodes, ...this.sentinel.sentinels].map(({ port }) => port);
  }

  async masters(): Promise<readonly RedisNode[]> {
    return [await insisted(() => this.sentinel.master())];
  }

  async killMaster({ lastsMs }: PlannedFault): Promise<Afterwards> {
    const before = await insisted(() => this.sentinel.master());
    await kill(before, this.spared);
    await this.sentinel.masterAfter(before, WITHIN_MS);
    return async () => {
      await wait(lastsMs);
      // One that has not heard yet would still name the old master, which takes whatever it is told until it is demoted.
      await this.sentinel.healthy({ all: false, withinMs: WITHIN_MS });
      await before.start();
      // Sentinels make a master that comes back a replica some ten seconds later; until then it is one more master.
      await this.sentinel.healthy({ withinMs: WITHIN_MS });
    };
  }

  healthy(): Promise<void> {
    return this.sentinel.healthy({ withinMs: WITHIN_MS });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.sentinel.stop();
  }
}
