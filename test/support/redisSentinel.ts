import { eventually } from './eventually.ts';
import { followed, RedisNode } from './redisNode.ts';

export interface RedisSentinelOptions {
  /** @default 2 */
  readonly replicas?: number;
  /** @default 3 */
  readonly sentinels?: number;
  /** More arguments of the master and its replicas. */
  readonly args?: readonly string[];
  /** How long the master may be silent until it counts as down, in ms. @default 1_000 */
  readonly downAfterMs?: number;
  /** @default 'mymaster' */
  readonly name?: string;
}

const READY_MS = 30_000;

/** A master, its replicas and the sentinels that watch over them, on 127.0.0.1. */
export class RedisSentinel implements AsyncDisposable {
  static async start(options: RedisSentinelOptions = {}): Promise<RedisSentinel> {
    const { replicas = 2, sentinels = 3, args = [], downAfterMs = 1_000, name = 'mymaster' } = options;
    const common = ['--repl-diskless-sync-delay', '0', ...args];
    const master = await RedisNode.start({ args: common });
    const following = [...common, '--replicaof', '127.0.0.1', `${master.port}`];
    const others = await Promise.all(Array.from({ length: replicas }, () => RedisNode.start({ args: following })));
    const quorum = Math.floor(sentinels / 2) + 1;
    const config = [
      `sentinel monitor ${name} 127.0.0.1 ${master.port} ${quorum}`,
      `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
      `sentinel failover-timeout ${name} 3000`,
      `sentinel parallel-syncs ${name} ${Math.max(1, replicas)}`,
      '',
    ].join('\n');
    const watching = await Promise.all(
      Array.from({ length: sentinels }, () => RedisNode.start({ config, args: ['--sentinel'] })),
    );
    const topology = new RedisSentinel(name, [master, ...others], watching);
    try {
      await topology.healthy();
    } catch (cause) {
      await topology.stop();
      throw cause;
    }
    return topology;
  }

  private constructor(
    readonly name: string,
    /** The master and its replicas, whoever is which. */
    readonly nodes: readonly RedisNode[],
    readonly sentinels: readonly RedisNode[],
  ) {}

  get url(): string {
    return `redis+sentinel://${this.sentinels.map(({ where }) => where).join(',')}/${this.name}`;
  }

  /** The master, as a sentinel that is up names it. */
  async master(): Promise<RedisNode> {
    const sentinel = this.sentinels.find(({ up }) => up);
    if (!sentinel) throw new Error('no sentinel is up');
    const [, port] = (await sentinel.run('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.name)) as string[];
    return this.nodes.find((node) => node.port === Number(port)) as RedisNode;
  }

  async replicas(): Promise<readonly RedisNode[]> {
    const master = await this.master();
    return this.nodes.filter((node) => node !== master);
  }

  /** Makes the sentinels put a replica in the master's place, which stays and follows it. Resolves with the new master. */
  async failover(): Promise<RedisNode> {
    const before = await this.master();
    await this.sentinels.find(({ up }) => up)?.run('SENTINEL', 'FAILOVER', this.name);
    return this.masterAfter(before);
  }

  /** Resolves with the master once it is another than before. */
  async masterAfter(before: RedisNode, withinMs = READY_MS): Promise<RedisNode> {
    let now = before;
    const moved = async () => {
      now = await this.master();
      return now !== before && (await now.info('replication'))['role'] === 'master';
    };
    await eventually(moved, { withinMs, everyMs: 50 });
    return now;
  }

  /**
   * Resolves when the sentinels that are up agree on the master, it is one, and the replicas that are up follow it: with
   * `all`, when every node is up too. A master that comes back is made a replica some ten seconds later.
   */
  async healthy({ all = true, withinMs = READY_MS } = {}): Promise<void> {
    await eventually(() => this.check(all), { withinMs, everyMs: 50 });
  }

  /** Resolves when the replicas have what the master had a moment ago. */
  async replicated(): Promise<void> {
    await followed(await this.master(), await this.replicas());
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.nodes].map((node) => node.stop()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async check(all: boolean): Promise<void> {
    const up = this.nodes.filter((node) => node.up);
    const watching = this.sentinels.filter((node) => node.up);
    if (all && up.length + watching.length < this.nodes.length + this.sentinels.length) {
      throw new Error('not every node is up');
    }
    const master = await this.master();
    for (const sentinel of watching) await this.checkSentinel(sentinel, master, all);
    for (const node of up) {
      const { role, master_port: port, master_link_status: link } = await node.info('replication');
      if ((role === 'master') !== (node === master)) throw new Error(`${node.where} is ${role}`);
      if (role === 'slave' && !(link === 'up' && Number(port) === master.port)) {
        throw new Error(`${node.where} does not follow the master`);
      }
    }
  }

  private async checkSentinel(sentinel: RedisNode, master: RedisNode, all: boolean): Promise<void> {
    const flat = (await sentinel.run('SENTINEL', 'MASTER', this.name)) as string[];
    const of = (field: string) => flat[flat.indexOf(field) + 1];
    if (Number(of('port')) !== master.port || of('flags') !== 'master') throw new Error(`${sentinel.where} is behind`);
    const knowsAll =
      Number(of('num-slaves')) >= this.nodes.length - 1 &&
      Number(of('num-other-sentinels')) === this.sentinels.length - 1;
    if (all && !knowsAll) throw new Error(`${sentinel.where} does not know the others yet`);
  }
}
