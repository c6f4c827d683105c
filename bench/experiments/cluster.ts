/**
 * What a Redis Cluster of three masters takes and gives, by the number of partitions, beside one server: messages a
 * second, and the CPU time of each. With as many cores as there are servers and one for Node, that is what limits it;
 * decision 0027 has the figures.
 *
 *     npx tsx bench/experiments/cluster.ts [messages]
 */
import { acknowledge, type Bus, connect, production } from '../../src/index.ts';
import { RedisCluster } from '../../test/support/redisCluster.ts';
import { RedisNode } from '../../test/support/redisNode.ts';
import { order } from '../messages.ts';

const MESSAGES = Number(process.argv[2] ?? 200_000);
const PARTITIONS = [1, 2, 4, 8];
const KEYS = 1_000;

/** Seconds of CPU time that processes have used: this one, and each server. */
async function cpu(nodes: readonly RedisNode[]): Promise<readonly number[]> {
  const { user, system } = process.cpuUsage();
  const servers = nodes.map(async (node) => {
    const { used_cpu_user, used_cpu_sys } = await node.info('cpu');
    return Number(used_cpu_user) + Number(used_cpu_sys);
  });
  return [(user + system) / 1e6, ...(await Promise.all(servers))];
}

interface Timed {
  readonly perSecond: number;
  /** CPU time a message, in µs: this process's, then each server's. */
  readonly busy: readonly number[];
}

async function timed(nodes: readonly RedisNode[], run: () => Promise<unknown>): Promise<Timed> {
  const before = await cpu(nodes);
  const began = performance.now();
  await run();
  const seconds = (performance.now() - began) / 1_000;
  const after = await cpu(nodes);
  return {
    perSecond: MESSAGES / seconds,
    busy: after.map((used, i) => ((used - (before[i] as number)) * 1e6) / MESSAGES),
  };
}

function* orders() {
  for (let id = 0; id < MESSAGES; id += 1) yield { topic: 'orders.new', data: order(id), key: `account-${id % KEYS}` };
}

function consumed(bus: Bus): Promise<void> {
  return new Promise((resolve, reject) => {
    let count = 0;
    const subscription = bus
      .from('orders.*', { group: 'bench' })
      .pipe(acknowledge())
      .subscribe({
        next: () => {
          count += 1;
          if (count === MESSAGES) resolve(subscription.unsubscribe());
        },
        error: reject,
      });
  });
}

function line({ perSecond, busy: [own = 0, ...servers] }: Timed): string {
  const each = servers.map((micros) => micros.toFixed(1)).join(' + ');
  return `${Math.round(perSecond / 1_000)}k/s (Node ${own.toFixed(1)} µs, servers ${each} µs)`;
}

async function measure(name: string, url: string, nodes: readonly RedisNode[]): Promise<void> {
  for (const partitions of PARTITIONS) {
    await using bus = await connect(
      production({ store: url, partitions, namespace: `p${partitions}`, tracing: { enabled: false } }),
    );
    const published = await timed(nodes, () => bus.publishMany(orders()));
    const taken = await timed(nodes, () => consumed(bus));
    console.log(`${name}, ${partitions} partitions: publish ${line(published)}, consume ${line(taken)}`);
    for (const node of nodes) await node.run('FLUSHALL');
  }
}

const single = await RedisNode.start();
await measure('one server', single.url, [single]);
await single.stop();
{
  await using cluster = await RedisCluster.start({ masters: 3, replicas: 0 });
  await measure('three masters', cluster.url, cluster.nodes);
}
