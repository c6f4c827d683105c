import { Cluster } from 'ioredis';
import { redisStore } from '../../src/adapters/redis/index.ts';
import { storeContract } from '../../src/testing/index.ts';
import { RedisCluster } from '../support/redisCluster.ts';

const WAITING = 60;

let cluster: RedisCluster;
let outside: Cluster;

const open = () => redisStore({ url: cluster.url, connections: 2 * WAITING });

storeContract({
  name: 'cluster',
  features: ['shared', 'raw', 'turns', 'durable'],
  waitingTakes: WAITING,
  open,
  again: open,
  raw: () => ({
    write: async (stream, priority, fields) => {
      const flat = Object.entries(fields).flatMap(([name, value]) => [name, Buffer.from(value as Uint8Array)]);
      return (await outside.xadd(`sluice:{${stream}}:${priority}`, '*', ...flat)) ?? '';
    },
    remove: async (stream, { priority, id }) => {
      await outside.xdel(`sluice:{${stream}}:${priority}`, id);
    },
  }),
  before: async () => {
    cluster = await RedisCluster.start({ masters: 3, replicas: 0 });
    outside = new Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
  },
  after: async () => {
    outside.disconnect();
    await cluster.stop();
  },
});
