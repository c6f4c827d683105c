import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import type { Turn } from '../../../src/core/store.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { startRedis } from '../../support/redisServer.ts';
import { done, record, STREAM } from './support.ts';

const LANE = `sluice:{${STREAM}}:normal`;
const TURN: Turn = { sender: 's', number: 1, repeatMs: 90_000 };
const ONCE = { ...record('once'), once: { id: 'a', forMs: 90_000, most: 1_000 } };

describe('redisStore: appends that are repeated', () => {
  const redis = redisFixture();

  it('knows what was kept after the server was killed and started again, with an append-only file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-aof-'));
    const args = ['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always'];
    let server = await startRedis({ args });
    const store = redisStore({ url: server.url });
    try {
      const append = () => firstValueFrom(store.append(STREAM, [record('turn'), record('turn'), ONCE], TURN));
      const refs = await append();
      await server.kill();
      server = await startRedis({ args, port: server.port });
      await done(store.open());
      expect(await append()).to.deep.equal(refs);
      const [again] = await firstValueFrom(store.append(STREAM, [ONCE]));
      expect(again).to.deep.equal({ ...refs[2], duplicate: true });
      const { lanes } = await firstValueFrom(store.stats(STREAM));
      expect(lanes.normal.length).to.equal(3);
    } finally {
      await done(store.close());
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('keeps books that end by themselves, and have the last turns and no more', async () => {
    await redis.outside.flushall();
    const store = redisStore({ url: redis.server.url });
    for (let number = 1; number <= 20; number += 1) {
      await firstValueFrom(store.append(STREAM, [record('x'), ONCE], { ...TURN, number }));
    }
    const turns = `sluice:{${STREAM}}:turn:s`;
    expect(await redis.outside.hlen(turns)).to.equal(5);
    expect(await redis.outside.pttl(turns)).to.be.within(60_000, 90_000);
    const books = await redis.outside.keys(`sluice:{${STREAM}}:once*`);
    expect(books).to.have.length(2);
    for (const key of books) expect(await redis.outside.pttl(key)).to.be.within(60_000, 90_000);
    await done(store.close());
  });

  it('answers for records of one tier in a few bytes, and for others one by one', async () => {
    await redis.outside.flushall();
    const store = redisStore({ url: redis.server.url });
    const many = Array.from({ length: 500 }, () => record('x'));
    const append = async (number: number, records = many) => {
      const refs = await firstValueFrom(store.append(STREAM, records, { ...TURN, number }));
      return { refs, reply: await redis.outside.hget(`sluice:{${STREAM}}:turn:s`, `${number % 4}`) };
    };
    const { refs, reply } = await append(1);
    // A ms of the server has a hundred of them and more.
    expect(reply?.length).to.be.below(1_000);
    expect(refs.map(({ id }) => id)).to.deep.equal((await redis.outside.xrange(LANE, '-', '+')).map(([id]) => id));
    const mixed = await append(2, [record('x'), record('x', 'low')]);
    expect(mixed.reply).to.equal(`2 ${mixed.refs.map(({ id }) => id).join(' ')}`);
    await done(store.close());
  });
});
