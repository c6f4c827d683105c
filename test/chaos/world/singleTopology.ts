import { setTimeout as wait } from 'node:timers/promises';
import { RedisNode } from '../../support/redisNode.ts';
import type { PlannedFault } from '../schedule/schedule.ts';
import { command } from './command.ts';
import type { Afterwards, Topology } from './topologyPort.ts';

/** One server, which comes back with what it has on its disk. */
export class SingleTopology implements Topology {
  static async start(args: readonly string[]): Promise<SingleTopology> {
    return new SingleTopology(await RedisNode.start({ args }));
  }

  private constructor(private readonly node: RedisNode) {}

  get url(): string {
    return this.node.url;
  }

  get ports(): readonly number[] {
    return [this.node.port];
  }

  async masters(): Promise<readonly RedisNode[]> {
    return [this.node];
  }

  async killMaster({ lastsMs }: PlannedFault): Promise<Afterwards> {
    await this.node.kill();
    await wait(lastsMs);
    await this.node.start();
    return () => this.healthy();
  }

  async healthy(): Promise<void> {
    await command(this.node, 'PING');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.node.stop();
  }
}
