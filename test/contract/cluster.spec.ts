import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { Cluster } from 'ioredis';
import { redisStore } from '../../src/adapters/redis/index.ts';
import { Server } from '../../src/adapters/redis/server.ts';
import { slotOf } from '../../src/adapters/redis/slotOf.ts';
import { storeContract } from '../../src/testing/index.ts';
import { outsideAccess } from '../support/outsideAccess.ts';
import { RedisCluster } from '../support/redisCluster.ts';

const WAITING = 60;

/** What only runs after an answer was lost. */
const RECOVERY = ['held', 'recover'];

/** The scripts that were run, each with the most slots that the keys of one call had. */
const slots = new Map<string, number>();
const { script } = Server.prototype;

let cluster: RedisCluster;
let outside: Cluster;

const open = () => redisStore({ url: cluster.url, connections: 2 * WAITING });

storeContract({
  name: 'cluster',
  features: ['shared', 'raw', 'turns', 'durable'],
  waitingTakes: WAITING,
  open,
  again: open,
  raw: () => outsideAccess(outside),
  before: async () => {
    Server.prototype.script = function (stream, name, keys, args) {
      slots.set(name, Math.max(slots.get(name) ?? 0, new Set(keys.map(slotOf)).size));
      return script.call(this, stream, name, keys, args) as Promise<never>;
    };
    cluster = await RedisCluster.start({ masters: 3, replicas: 0 });
    outside = new Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
  },
  after: async () => {
    Server.prototype.script = script;
    outside.disconnect();
    await cluster.stop();
  },
});

describe('the scripts that the contract ran on a Cluster', () => {
  it('are all that there are, and the keys of each call share a slot', () => {
    const folder = new URL('../../src/adapters/redis/scripts/', import.meta.url);
    const names = readdirSync(folder).flatMap((file) => (file.endsWith('.lua') ? [file.replace('.lua', '')] : []));
    const expected = names.filter((name) => !RECOVERY.includes(name)).map((name) => [name, 1]);
    expect([...slots].filter(([name]) => !RECOVERY.includes(name)).sort(), 'slots a call, by script').to.deep.equal(
      expected.sort(),
    );
  });
});
