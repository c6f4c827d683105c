import { expect } from 'chai';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import type { StreamStore } from '../../../src/core/store.ts';
import { eventually } from '../../support/eventually.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { credit, done, record, textOf } from './support.ts';

describe('redisStore: its connections', () => {
  const redis = redisFixture();

  async function connected(): Promise<number> {
    return String(await redis.outside.client('LIST'))
      .split('\n')
      .filter((line) => line.includes(' name=sluice ')).length;
  }

  /** Takes on streams of their own, all waiting. */
  function waiters(store: StreamStore, count: number): Promise<string[]>[] {
    return Array.from({ length: count }, async (_, i) => {
      const member = { stream: `s${i}.0`, group: 'g', consumer: 'c' };
      await done(store.createGroup({ stream: member.stream, group: 'g', pattern: '*', start: 'earliest' }));
      await done(store.join(member, 60_000));
      return new Promise<string[]>((resolve, reject) => {
        store
          .take({ member, credit: credit(10), waitMs: 20_000, inHand: () => [] })
          .subscribe({ next: ({ entries }) => resolve(entries.map(textOf)), error: reject });
      });
    });
  }

  it('opens no more than it may, and reads beyond them get their messages too', async () => {
    const store = redisStore({ url: redis.server.url, connections: 3 });
    await done(store.open());
    expect(await connected()).to.equal(1);
    const hands = waiters(store, 8);
    await eventually(async () => (await connected()) === 3);
    for (let i = 0; i < 8; i += 1) await done(store.append(`s${i}.0`, [record(`m${i}`)]));
    expect((await Promise.all(hands)).flat()).to.deep.equal(Array.from({ length: 8 }, (_, i) => `m${i}`));
    expect(await connected()).to.equal(3);
    await done(store.close());
    await eventually(async () => (await connected()) === 0);
  });

  it('starts nothing before the first call', async () => {
    redisStore({ url: redis.server.url });
    expect(await connected()).to.equal(0);
  });

  it('uses a connection again that a read has given back', async () => {
    const store = redisStore({ url: redis.server.url, connections: 5 });
    const view = { stream: 'quiet.0', from: 'latest', count: 1, waitMs: 20 } as const;
    for (let i = 0; i < 5; i += 1) await done(store.read(view));
    expect(await connected()).to.equal(2);
    await done(store.close());
  });
});
