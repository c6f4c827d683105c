/**
 * What `durability: 'replicated'` and `'fsync'` cost, and what a failover loses without it and with it. The guide's page
 * on reliability has the figures.
 *
 *     npx tsx bench/experiments/durability.ts
 */
import { Redis } from 'ioredis';
import { type Bus, type BusConfig, connect } from '../../src/index.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startRedis } from '../../test/support/redisServer.ts';
import { order } from '../messages.ts';

const MANY = 100_000;
const ONE_BY_ONE = 2_000;
const ROUNDS = 10;
const ALWAYS = ['--appendonly', 'yes', '--appendfsync', 'always'];
const EVERY_SECOND = ['--appendonly', 'yes', '--appendfsync', 'everysec'];

interface Pair extends AsyncDisposable {
  readonly master: Awaited<ReturnType<typeof startRedis>>;
  readonly replica: Awaited<ReturnType<typeof startRedis>>;
}

async function startPair(): Promise<Pair> {
  const master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', `${master.port}`] });
  const admin = new Redis(master.port, '127.0.0.1');
  await eventually(async () => {
    if (!(await admin.info('replication')).includes('state=online')) throw new Error('the replica is not online');
  });
  admin.disconnect();
  return {
    master,
    replica,
    async [Symbol.asyncDispose]() {
      await replica.stop();
      await master.stop();
    },
  };
}

async function rates(config: BusConfig): Promise<string> {
  await using bus = await connect(config);
  const { name: topic } = { name: 'bench.orders.new' };
  await bus.publishMany(Array.from({ length: 5_000 }, (_, n) => ({ topic, data: order(n) })));
  const messages = Array.from({ length: MANY }, (_, n) => ({ topic, data: order(n) }));
  let began = performance.now();
  await bus.publishMany(messages);
  const many = (MANY / (performance.now() - began)) * 1_000;
  began = performance.now();
  for (let n = 0; n < ONE_BY_ONE; n += 1) await bus.publish(topic, order(n));
  const single = (performance.now() - began) / ONE_BY_ONE;
  return `${Math.round(many).toLocaleString('en')}/s, one at a time ${single.toFixed(2)} ms each`;
}

/** Publishes until it is told to stop, 64 at once; the ids of what was confirmed. */
function publishOn(bus: Bus): { readonly confirmed: Set<string>; stop(): void } {
  const confirmed = new Set<string>();
  let stopped = false;
  const one = async (n: number): Promise<void> => {
    for (; !stopped; n += 64) {
      const receipt = await bus.publish('bench.orders.new', order(n)).catch(() => undefined);
      if (receipt) confirmed.add(receipt.id);
    }
  };
  for (let n = 0; n < 64; n += 1) void one(n);
  return {
    confirmed,
    stop: () => {
      stopped = true;
    },
  };
}

/** How many confirmed messages the replica lacks once the master was killed under load. */
async function lostOn(config: BusConfig, lagMs: number): Promise<readonly [lost: number, confirmed: number]> {
  await using pair = await startPair();
  const bus = await connect({ ...config, store: pair.master.url, publish: { timeoutMs: 500 } });
  bus.notices.subscribe();
  const load = publishOn(bus);
  await new Promise((resolve) => setTimeout(resolve, 400));
  if (lagMs > 0) {
    pair.replica.pause();
    await new Promise((resolve) => setTimeout(resolve, lagMs));
  }
  await pair.master.kill();
  load.stop();
  const onReplica = new Redis(pair.replica.port, '127.0.0.1', { lazyConnect: true });
  pair.replica.resume();
  await onReplica.connect();
  // What is on its way in the socket may still come, as it might in a real failover.
  await onReplica.replicaof('NO', 'ONE');
  await bus.close({ deadlineMs: 0 });
  const kept = new Set(
    (await onReplica.xrange('sluice:{main.0}:normal', '-', '+')).map(([id]) => `main.0:normal:${id}`),
  );
  onReplica.disconnect();
  return [[...load.confirmed].filter((id) => !kept.has(id)).length, load.confirmed.size];
}

async function losses(config: BusConfig, lagMs: number): Promise<string> {
  const runs: (readonly [number, number])[] = [];
  for (let round = 0; round < ROUNDS; round += 1) runs.push(await lostOn(config, lagMs));
  const lost = runs.map(([count]) => count);
  const confirmed = runs.reduce((sum, [, count]) => sum + count, 0);
  const all = lost.reduce((sum, count) => sum + count);
  return `${all} of ${confirmed} confirmed; at most ${Math.max(...lost)}, in ${lost.filter((count) => count > 0).length} of ${ROUNDS} failovers`;
}

const table: Record<string, string> = {};
{
  await using pair = await startPair();
  for (const durability of ['memory', 'replicated', 'memory', 'replicated'] as const) {
    const name = `rate, one replica, ${durability}`;
    table[name] = await rates({ store: pair.master.url, durability, retention: { maxEntries: Infinity } });
  }
}
{
  await using lazy = await startRedis({ args: EVERY_SECOND });
  await using strict = await startRedis({ args: ALWAYS });
  table['rate, appendfsync everysec, memory'] = await rates({ store: lazy.url });
  table['rate, appendfsync always, fsync'] = await rates({ store: strict.url, durability: 'fsync' });
}
for (const lagMs of [0, 50, 200]) {
  for (const durability of ['memory', 'replicated'] as const) {
    table[`lost, replica ${lagMs} ms behind, ${durability}`] = await losses({ durability }, lagMs);
  }
}
console.table(table);
