import { eventually } from './eventually.ts';
import { freePort } from './freePort.ts';
import { followed, RedisNode } from './redisNode.ts';

export interface RedisClusterOptions {
  /** @default 3 */
  readonly masters?: number;
  /** Replicas a master. @default 1 */
  readonly replicas?: number;
  /** More arguments of each node. */
  readonly args?: readonly string[];
  /** How long a node may be silent until it counts as failing, in ms. @default 2_000 */
  readonly nodeTimeoutMs?: number;
}

const SLOTS = 16_384;
const READY_MS = 30_000;

/** A node by the books of the cluster. */
interface Known {
  readonly id: string;
  readonly port: number;
  readonly flags: readonly string[];
  /** The id of its master; `-` for a master. */
  readonly master: string;
  readonly linked: boolean;
  readonly slots: readonly (readonly [from: number, to: number])[];
}

/** A Redis Cluster on 127.0.0.1: real nodes, joined by commands alone. */
export class RedisCluster implements AsyncDisposable {
  static async start(options: RedisClusterOptions = {}): Promise<RedisCluster> {
    const { masters = 3, replicas = 1, args = [], nodeTimeoutMs = 2_000 } = options;
    const count = masters * (1 + replicas);
    const nodes = await Promise.all(Array.from({ length: count }, () => startNode(nodeTimeoutMs, args)));
    const cluster = new RedisCluster(nodes.map(({ node }) => node));
    try {
      await join(nodes, masters);
      await cluster.healthy();
    } catch (cause) {
      await cluster.stop();
      throw cause;
    }
    return cluster;
  }

  private constructor(readonly nodes: readonly RedisNode[]) {}

  /** Names every node. */
  get url(): string {
    return `redis+cluster://${this.nodes.map(({ where }) => where).join(',')}`;
  }

  /** The masters that have slots, as a node that is up knows them. */
  async masters(): Promise<readonly RedisNode[]> {
    const known = await this.known();
    return known.filter(isServing).map(({ port }) => this.nodeOf(port));
  }

  async masterOf(slotOrKey: number | string): Promise<RedisNode> {
    const slot = typeof slotOrKey === 'number' ? slotOrKey : await this.slotOf(slotOrKey);
    const known = await this.known();
    const owner = known.find((node) => isServing(node) && node.slots.some(([from, to]) => from <= slot && slot <= to));
    if (!owner) throw new Error(`no master serves slot ${slot}`);
    return this.nodeOf(owner.port);
  }

  /** The replicas of a master. */
  async replicasOf(master: RedisNode): Promise<readonly RedisNode[]> {
    const known = await this.known();
    const id = known.find(({ port }) => port === master.port)?.id;
    return known.filter((node) => node.master === id).map(({ port }) => this.nodeOf(port));
  }

  async slotOf(key: string): Promise<number> {
    return Number(await this.anyone().run('CLUSTER', 'KEYSLOT', key));
  }

  /** Moves a slot with its keys to another master, under whatever load there is. */
  async migrateSlot(slot: number, to: RedisNode): Promise<void> {
    await this.beginMigration(slot, to);
    while ((await this.moveKeys(slot, to, 10)) > 0);
    await this.endMigration(slot, to);
  }

  /** From here on, the slot's master answers ASK for keys that it has not. */
  async beginMigration(slot: number, to: RedisNode): Promise<void> {
    const from = await this.masterOf(slot);
    await to.run('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(from));
    await from.run('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idOf(to));
  }

  /** Moves some keys of a slot that is being migrated; how many. */
  async moveKeys(slot: number, to: RedisNode, most: number): Promise<number> {
    const from = await this.masterOf(slot);
    const keys = (await from.run('CLUSTER', 'GETKEYSINSLOT', slot, most)) as string[];
    if (keys.length > 0) await from.run('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
    return keys.length;
  }

  /** Gives the slot to its new master. */
  async endMigration(slot: number, to: RedisNode): Promise<void> {
    const id = await idOf(to);
    const others = (await this.masters()).filter((node) => node !== to);
    for (const node of [to, ...others]) await node.run('CLUSTER', 'SETSLOT', slot, 'NODE', id);
  }

  /** Lets a replica take over from its master, which stays and becomes a replica. Resolves when it is the master. */
  async failover(replica: RedisNode): Promise<void> {
    await replica.run('CLUSTER', 'FAILOVER');
    await eventually(async () => (await replica.info('replication'))['role'] === 'master', { withinMs: READY_MS });
  }

  /**
   * Resolves when every node that is up finds the cluster in order and knows the same masters, and replicas have their
   * link: with `all`, when every node is up too.
   */
  async healthy({ all = true, withinMs = READY_MS } = {}): Promise<void> {
    await eventually(() => this.check(all), { withinMs, everyMs: 50 });
  }

  /** Resolves when the replicas have what their masters had a moment ago. */
  async replicated(): Promise<void> {
    for (const master of await this.masters()) await followed(master, await this.replicasOf(master));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async check(all: boolean): Promise<void> {
    const up = this.nodes.filter((node) => node.up);
    if (all && up.length < this.nodes.length) throw new Error('not every node is up');
    const maps = new Set<string>();
    for (const node of up) {
      const { cluster_state, cluster_slots_ok } = parsed(String(await node.run('CLUSTER', 'INFO')));
      if (cluster_state !== 'ok' || cluster_slots_ok !== `${SLOTS}`)
        throw new Error(`${node.where} is ${cluster_state}`);
      const { role, master_link_status: link } = await node.info('replication');
      if (role === 'slave' && link !== 'up') throw new Error(`${node.where} has no link to its master`);
      const known = await knownTo(node);
      if (all && known.some(({ linked, flags }) => !linked || flags.some((flag) => flag.startsWith('fail')))) {
        throw new Error(`${node.where} misses a node`);
      }
      maps.add(JSON.stringify(known.map(({ port, master, slots }) => [port, master, slots]).sort()));
    }
    if (maps.size > 1) throw new Error('the nodes do not agree yet');
  }

  private known(): Promise<readonly Known[]> {
    return knownTo(this.anyone());
  }

  private anyone(): RedisNode {
    const node = this.nodes.find(({ up }) => up);
    if (!node) throw new Error('no node is up');
    return node;
  }

  private nodeOf(port: number): RedisNode {
    return this.nodes.find((node) => node.port === port) as RedisNode;
  }
}

interface Started {
  readonly node: RedisNode;
  readonly busPort: number;
}

async function startNode(nodeTimeoutMs: number, args: readonly string[]): Promise<Started> {
  // The default, the port plus 10,000, is beyond the last port for some.
  const busPort = await freePort();
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`];
  const quick = ['--cluster-node-timeout', `${nodeTimeoutMs}`, '--repl-diskless-sync-delay', '0'];
  return { node: await RedisNode.start({ args: [...cluster, ...quick, ...args] }), busPort };
}

/** The first `masters` nodes share out the slots, the others become their replicas. */
async function join(nodes: readonly Started[], masters: number): Promise<void> {
  const [first, ...rest] = nodes as [Started, ...Started[]];
  for (const [i, { node }] of nodes.entries()) await node.run('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
  for (const { node } of rest) await node.run('CLUSTER', 'MEET', '127.0.0.1', first.node.port, first.busPort);
  for (let i = 0; i < masters; i += 1) {
    const [from, to] = [Math.ceil((i * SLOTS) / masters), Math.ceil(((i + 1) * SLOTS) / masters) - 1];
    await nodes[i]?.node.run('CLUSTER', 'ADDSLOTSRANGE', from, to);
  }
  for (const { node } of nodes)
    await eventually(async () => (await knownTo(node)).length === nodes.length, { withinMs: READY_MS });
  for (const [i, { node }] of nodes.entries()) {
    if (i >= masters) await node.run('CLUSTER', 'REPLICATE', await idOf((nodes[i % masters] as Started).node));
  }
}

async function idOf(node: RedisNode): Promise<string> {
  return String(await node.run('CLUSTER', 'MYID'));
}

async function knownTo(node: RedisNode): Promise<readonly Known[]> {
  const text = String(await node.run('CLUSTER', 'NODES'));
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', address = '', flags = '', master = '', , , , link = '', ...slots] = line.split(' ');
      return {
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1]),
        flags: flags.split(',').filter((flag) => flag !== 'myself'),
        master,
        linked: link === 'connected',
        slots: slots.filter((slot) => !slot.startsWith('[')).map(rangeOf),
      };
    })
    .filter(({ flags }) => !flags.includes('handshake'))
    .sort((a, b) => a.port - b.port);
}

function rangeOf(text: string): readonly [number, number] {
  const [from, to = from] = text.split('-').map(Number);
  return [from as number, to as number];
}

function isServing({ flags, slots }: Known): boolean {
  return flags.includes('master') && !flags.includes('fail') && slots.length > 0;
}

function parsed(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
}
