import { Redis } from 'ioredis';
import { redisStore } from '../../src/adapters/redis/index.ts';
import { storeContract } from '../../src/testing/index.ts';
import { outsideAccess } from '../support/outsideAccess.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';

const WAITING = 60;

let server: RedisServer;
let outside: Redis;

const open = () => redisStore({ url: server.url, connections: 2 * WAITING });

storeContract({
  name: 'redis',
  features: ['shared', 'raw', 'turns', 'durable'],
  waitingTakes: WAITING,
  open,
  again: open,
  raw: () => outsideAccess(outside),
  before: async () => {
    server = await startRedis();
    outside = new Redis(server.port, '127.0.0.1');
  },
  after: async () => {
    outside.disconnect();
    await server.stop();
  },
});
