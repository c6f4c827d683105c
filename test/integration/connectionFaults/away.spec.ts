import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { StoreGivenUpError, StoreUnavailableError } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/freePort.ts';
import { HoldingProxy } from '../../support/holdingProxy.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { startRedis } from '../../support/redisServer.ts';
import { Desk } from './support/desk.ts';

describe('a server that is away', () => {
  const redis = redisFixture();
  beforeEach(() => redis.outside.flushall());

  it('publishers wait within their bound and lose nothing, consumers resume by themselves', async () => {
    await using proxy = await HoldingProxy.before(redis.server.port);
    await using desk = await Desk.open({
      store: `redis://127.0.0.1:${proxy.port}`,
      maxPayloadBytes: 1_000,
      publish: { bufferBytes: 5_000 },
    });
    desk.consume();
    await desk.publish(-1);
    await desk.sees(-1);
    proxy.cut();
    const numbers = Array.from({ length: 500 }, (_, i) => i);
    const publishing = numbers.map((number) => desk.publish(number));
    await desk.tells('STORE_RETRY');
    const tried = proxy.connections;
    await eventually(() => proxy.connections > tried + 2, { withinMs: 15_000 });
    proxy.heal();
    await Promise.all(publishing);
    await eventually(() => expect(new Set(desk.seen).size).to.equal(501), { withinMs: 15_000 });
    await desk.settles();
  });

  it('a publish says so when its time is over', async () => {
    await using proxy = await HoldingProxy.before(redis.server.port);
    await using desk = await Desk.open({ store: `redis://127.0.0.1:${proxy.port}`, publish: { timeoutMs: 300 } });
    proxy.cut();
    const error = await desk.publish('late').then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error).to.be.instanceOf(StoreUnavailableError);
    proxy.heal();
    await eventually(() => desk.publish('in time'), { withinMs: 15_000 });
  });

  it('reading ends with an error once it has tried for as long as it may', async () => {
    await using proxy = await HoldingProxy.before(redis.server.port);
    const reconnect = { maxMs: 50, giveUpAfterMs: 400 };
    await using desk = await Desk.open({ store: `redis://127.0.0.1:${proxy.port}`, reconnect });
    desk.consume();
    await desk.publish('before');
    await desk.sees('before');
    proxy.cut();
    await eventually(() => expect(desk.error).to.be.instanceOf(StoreGivenUpError), { withinMs: 15_000 });
    expect(desk.error).to.have.property('retryable', false);
    expect(desk.error?.message).to.match(/could not be used for 400 ms, given up: /);
  });

  it('(killed, then loading its data): all wait until it has loaded, and nothing that was confirmed is lost', async function () {
    this.timeout(40_000);
    const folder = mkdtempSync(join(tmpdir(), 'sluice-loading-'));
    const port = await freePort();
    const keeps = ['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always'];
    const first = await startRedis({ port, args: keeps });
    await using desk = await Desk.open({ store: first.url, publish: { timeoutMs: 30_000 } });
    await desk.publish('confirmed');
    const outside = new Redis({ port, host: '127.0.0.1', enableReadyCheck: false, retryStrategy: () => 20 });
    outside.on('error', () => undefined);
    // Small keys, for the delay below to be felt.
    const pipeline = outside.pipeline();
    for (let i = 0; i < 2_000; i += 1) pipeline.set(`filler:${i}`, 'x');
    await pipeline.exec();
    await outside.bgrewriteaof();
    await eventually(async () => /aof_rewrite_in_progress:0/.test(await outside.info('persistence')));
    desk.consume();
    await desk.sees('confirmed');
    await desk.settles();
    await first.kill('SIGKILL');
    const starting = startRedis({
      port,
      args: [...keeps, '--key-load-delay', '1000', '--loading-process-events-interval-bytes', '1024'],
    });
    const publishing = desk.publish('meanwhile');
    const loading = async () => /LOADING/.test(await outside.ping().catch(String));
    await eventually(loading, { withinMs: 15_000, everyMs: 5 });
    const second = await starting;
    await publishing;
    await desk.sees('confirmed', 'meanwhile');
    await desk.settles();
    await desk.bus.close();
    outside.disconnect();
    await second.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
