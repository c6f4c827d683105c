import { setTimeout as wait } from 'node:timers/promises';
import { RedisCluster } from '../../support/redisCluster.ts';
import type { RedisNode } from '../../support/redisNode.ts';
import type { PlannedFault } from '../schedule/schedule.ts';
import { insisted } from './command.ts';
import { type Afterwards, kill, picked, type Topology } from './topologyPort.ts';

/** What is hot: the partitions that the processes use. */
const TAGS = ['orders.0', 'orders.1', 'orders.2', 'orders.3', 'main.0'];

const WITHIN_MS = 60_000;

/** Three masters with a replica each. */
export class ClusterTopology implements Topology {
  static async start(args: readonly string[], spared: boolean): Promise<ClusterTopology> {
    return new ClusterTopology(await RedisCluster.start({ args }), spared);
  }

  private constructor(
    private readonly cluster: RedisCluster,
    private readonly spared: boolean,
  ) {}

  get url(): string {
    return this.cluster.url;
  }

  get ports(): readonly number[] {
    return this.cluster.nodes.map(({ port }) => port);
  }

  masters(): Promise<readonly RedisNode[]> {
    return insisted(() => this.cluster.masters());
  }

  async killMaster(fault: PlannedFault): Promise<Afterwards> {
    const master = picked(await this.masters(), fault);
    await kill(master, this.spared);
    await this.cluster.healthy({ all: false, withinMs: WITHIN_MS });
    return async () => {
      await wait(fault.lastsMs);
      await master.start();
      await this.cluster.healthy({ withinMs: WITHIN_MS });
    };
  }

  async moveSlot(fault: PlannedFault): Promise<void> {
    const slot = await insisted(() => this.cluster.slotOf(`{${picked(TAGS, fault)}}`));
    const home = await this.cluster.masterOf(slot);
    const other = (await this.masters()).find((node) => node !== home);
    if (!other) throw new Error('there is one master only');
    await this.cluster.migrateSlot(slot, other);
    await wait(fault.lastsMs);
    await this.cluster.migrateSlot(slot, home);
  }

  healthy(): Promise<void> {
    return this.cluster.healthy({ withinMs: WITHIN_MS });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cluster.stop();
  }
}
