import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { type RedisStoreOptions, redisStore } from '../../../src/adapters/redis/index.ts';
import type { DelayedRecord, StreamStore } from '../../../src/core/store.ts';
import { StoreAuthError, StoreUnavailableError } from '../../../src/core/storeErrors.ts';
import { Certificate } from '../../support/certificate.ts';
import { freePort } from '../../support/freePort.ts';
import { RedisCluster } from '../../support/redisCluster.ts';
import { RedisNode } from '../../support/redisNode.ts';
import { RedisSentinel } from '../../support/redisSentinel.ts';
import { startRedis } from '../../support/redisServer.ts';
import { credit, done, enter, failure, member, record, STREAM, take } from './support.ts';

const GUIDE = readFileSync(new URL('../../../docs/guide/running-on-redis.md', import.meta.url), 'utf8');

/** What the guide says that a user needs, as arguments of ACL SETUSER. */
function rules(user: string): string[] {
  const [, line = ''] = new RegExp(`ACL (SETUSER ${user} (?:.*\\\\\\n)*.*)\\n`).exec(GUIDE) ?? [];
  return line.split(/[\s\\]+/).map((word) => word.replace(/^'|'$/g, ''));
}

function scheduled(id: string, afterMs: number): DelayedRecord {
  return { ...record(id), id, due: { afterMs }, once: { id, forMs: 60_000, most: 10 } };
}

async function useOfDelays(store: StreamStore): Promise<void> {
  const stream = 'later.0';
  await done(store.schedule(stream, [scheduled('far', 60_000), scheduled('due', 0)], { sender: 's', number: 1 }));
  expect(await firstValueFrom(store.cancel(stream, [scheduled('far', 0)]))).to.equal(1);
  await done(store.trim(stream, {}));
  expect((await firstValueFrom(store.stats(stream))).lanes.normal.length).to.equal(1);
}

/** Every kind of call, each with what it must not meet: a refusal. */
async function useOf(options: RedisStoreOptions): Promise<void> {
  const store = redisStore({ blockMs: 50, ...options });
  try {
    await done(store.open());
    await useOfDelays(store);
    await done(store.bind({ main: 1 }));
    await enter(store);
    await done(
      store.append(
        STREAM,
        ['1', '2', '3', '4'].map((text) => record(text)),
        { sender: 's', number: 1 },
      ),
    );
    const { entries } = await take(store);
    expect(entries).to.have.length(4);
    const [one, two, three, four] = entries.map(({ priority, id, attempt }) => ({ priority, id, attempt }));
    await done(
      store.settle(member(), [
        { ...one!, outcome: { kind: 'ack' } },
        { ...two!, outcome: { kind: 'reject', error: new Error('no') } },
        { ...three!, outcome: { kind: 'retry', delayMs: 0 } },
      ]),
    );
    await done(store.again(member(), [four!]));
    await done(store.renew(member(), 60_000));
    expect((await take(store)).entries).to.have.length(1);
    await take(store, { waitMs: 20, credit: credit(10) });
    await done(store.read({ stream: STREAM, from: 'latest', count: 1, waitMs: 20 }));
    await done(store.attend({ stream: 'main', group: 'g', attendee: { name: 'a', owns: [0] } }, 1_000));
    await done(store.depart({ stream: 'main', group: 'g', attendee: { name: 'a', owns: [] } }));
    await done(store.takeTokens('limit', { want: 1, limits: { rate: 1, burst: 1 } }));
    for (const kind of ['claim', 'keep', 'drop'] as const)
      await done(store.seen('list', { kind, owner: 'o', keys: ['k'], forMs: 1_000, most: 1 }));
    const once = { id: 'm', forMs: 60_000, most: 2 };
    for (const id of ['m', 'n', 'o']) await done(store.append(STREAM, [{ ...record('5'), once: { ...once, id } }]));
    const [five] = (await take(store)).entries;
    const output = { ...record('6'), once };
    await done(
      store.settle(member(), [
        { priority: 'normal', id: five!.id, attempt: 1, outcome: { kind: 'ack' }, outputs: [output] },
      ]),
    );
    await done(store.stats(STREAM));
    await done(store.trim(STREAM, { maxEntries: 1, maxAgeMs: 1 }));
    const [letter] = await firstValueFrom(store.deadLetters(STREAM, { count: 1 }));
    expect(await firstValueFrom(store.replay(STREAM, [letter!.id]))).to.equal(1);
    await done(store.purge(STREAM, ['1-1']));
    await done(store.leave(member()));
    await done(store.tidy(STREAM, { deadMs: 0, expireMs: 60_000 }));
    await done(store.removeGroup({ stream: STREAM, group: 'g', force: true }));
  } finally {
    await done(store.close());
  }
}

/** What `retention.maxBytes` needs beyond that, as the guide says. */
async function trimmedByBytes(url: string, node: RedisNode): Promise<void> {
  const [right = ''] = /`retention.maxBytes` needs `(\S+)`/.exec(GUIDE)?.slice(1) ?? [];
  const store = redisStore({ url });
  await enter(store);
  await done(store.append(STREAM, [record('1'), record('2')]));
  const refusal = await failure(store.trim(STREAM, { maxBytes: 1 }));
  expect(refusal).to.be.instanceOf(StoreAuthError);
  expect(refusal.message).to.include('may not run a command');
  await node.run('ACL', 'SETUSER', 'sluice', right);
  expect((await firstValueFrom(store.trim(STREAM, { maxBytes: 1 }))).forced).to.have.length(1);
  await done(store.close());
}

describe('redisStore: ways in', function () {
  this.timeout(40_000);

  describe('over TLS', () => {
    const certificate = new Certificate();
    after(() => certificate[Symbol.dispose]());

    it('trusts whom it is told to trust, and nobody else', async () => {
      const port = await freePort();
      await using _ = await startRedis({ args: certificate.args(port) });
      await useOf({ url: `rediss://127.0.0.1:${port}`, tls: { ca: certificate.ca } });
      const store = redisStore({ url: `rediss://127.0.0.1:${port}` });
      const error = await failure(store.open());
      await done(store.close());
      expect(error).to.be.instanceOf(StoreUnavailableError);
      expect(error.message).to.match(/CERT/);
    });

    it('reaches a Cluster', async () => {
      const port = await freePort();
      const args = [...certificate.args(port), '--tls-cluster', 'yes'];
      await using _ = await RedisCluster.start({ masters: 1, replicas: 0, args });
      await useOf({ url: `rediss+cluster://127.0.0.1:${port}`, tls: { ca: certificate.ca } });
    });

    it('reaches sentinels, and the master behind them', async () => {
      const [port, watched] = [await freePort(), await freePort()];
      const node = await RedisNode.start({ args: certificate.args(watched) });
      const sentinel = await RedisNode.start({
        config: `sentinel monitor mymaster 127.0.0.1 ${watched} 1\n`,
        args: ['--sentinel', ...certificate.args(port), '--tls-replication', 'yes'],
      });
      try {
        await useOf({ url: `rediss+sentinel://127.0.0.1:${port}/mymaster`, tls: { ca: certificate.ca } });
      } finally {
        await sentinel.stop();
        await node.stop();
      }
    });
  });

  describe('as a user with no more rights than the guide says', () => {
    it('does everything on one server', async () => {
      const node = await RedisNode.start();
      await node.run('ACL', ...rules('sluice'));
      await useOf({ url: `redis://sluice:secret@${node.where}` });
      await trimmedByBytes(`redis://sluice:secret@${node.where}`, node);
      const store = redisStore({ url: `redis://sluice:secret@${node.where}`, namespace: 'other' });
      const error = await failure(store.append(STREAM, [record('1')]));
      expect(error).to.be.instanceOf(StoreAuthError);
      expect(error.message).to.include('namespace');
      await done(store.close());
      await node.stop();
    });

    it('does everything on a Cluster', async () => {
      await using cluster = await RedisCluster.start({ masters: 2, replicas: 0 });
      for (const node of cluster.nodes) await node.run('ACL', ...rules('sluice'));
      await useOf({ url: cluster.url.replace('//', '//sluice:secret@') });
    });

    it('does everything behind sentinels, which have users of their own', async () => {
      await using sentinel = await RedisSentinel.start({ replicas: 0, sentinels: 1 });
      for (const node of sentinel.nodes) await node.run('ACL', ...rules('sluice'));
      for (const node of sentinel.sentinels) {
        await node.run('ACL', ...rules('watcher'));
        await node.run('ACL', 'SETUSER', 'default', '-@all', '+auth');
      }
      const url = sentinel.url.replace('//', '//sluice:secret@');
      await useOf({ url: `${url}?sentinelUsername=watcher&sentinelPassword=secret` });
      const store = redisStore({ url });
      const error = await failure(store.open());
      await done(store.close());
      expect(error.message).to.include("'mymaster'").and.include('NOPERM');
    });
  });

  it('use the database that the URL names', async () => {
    const node = await RedisNode.start();
    await useOf({ url: `${node.url}/3` });
    expect(Object.keys(await node.info('keyspace'))).to.deep.equal(['db3']);
    await node.stop();
  });

  it('use the database that the URL of sentinels names', async () => {
    await using sentinel = await RedisSentinel.start({ replicas: 0, sentinels: 1 });
    await useOf({ url: `${sentinel.url}/3` });
    const [master] = sentinel.nodes;
    expect(Object.keys((await master?.info('keyspace')) ?? {})).to.deep.equal(['db3']);
  });

  it('lead through a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-socket-'));
    const path = join(folder, 'redis.sock');
    const node = await RedisNode.start({ args: ['--unixsocket', path] });
    await useOf({ url: `unix:${path}` });
    expect(await node.run('EXISTS', `sluice:{${STREAM}}:normal`)).to.equal(1);
    await node.stop();
    rmSync(folder, { recursive: true });
  });
});
