import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from './redisServer.ts';

/** A server of the suite's own, and a client that reaches into it from outside. */
export class RedisFixture {
  server!: RedisServer;
  outside!: Redis;
}

/** Starts them before the suite that calls this, and ends them after it. */
export function redisFixture(): RedisFixture {
  const fixture = new RedisFixture();
  before(async () => {
    fixture.server = await startRedis();
    fixture.outside = new Redis(fixture.server.port, '127.0.0.1');
  });
  after(async () => {
    fixture.outside.disconnect();
    await fixture.server.stop();
  });
  return fixture;
}
