import { Redis } from 'ioredis';
import { redisStore } from '../../src/adapters/redis/index.ts';
import { storeContract } from '../../src/testing/index.ts';
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
  raw: () => ({
    write: async (stream, priority, fields) => {
      const flat = Object.entries(fields).flatMap(([name, value]) => [name, bufferOf(value)]);
      return (await outside.xadd(`sluice:{${stream}}:${priority}`, '*', ...flat)) ?? '';
    },
    remove: async (stream, { priority, id }) => {
      await outside.xdel(`sluice:{${stream}}:${priority}`, id);
    },
  }),
  before: async () => {
    server = await startRedis();
    outside = new Redis(server.port, '127.0.0.1');
  },
  after: async () => {
    outside.disconnect();
    await server.stop();
  },
});

function bufferOf(value: string | Uint8Array): Buffer {
  return Buffer.from(value as Uint8Array);
}
