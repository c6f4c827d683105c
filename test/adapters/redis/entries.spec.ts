import { expect } from 'chai';
import fc from 'fast-check';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import { PackedReply } from '../../../src/adapters/redis/packedReply.ts';
import type { Entry, StreamStore } from '../../../src/core/store.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { done, enter, record, STREAM, settle, take, textOf } from './support.ts';

const LANE = `sluice:{${STREAM}}:normal`;

describe('redisStore: entries', () => {
  const redis = redisFixture();
  let store: StreamStore;

  beforeEach(async () => {
    await redis.outside.flushall();
    store = redisStore({ url: redis.server.url });
    await enter(store);
  });
  afterEach(() => done(store.close()));

  async function takeOne(): Promise<Entry> {
    return (await take(store)).entries[0] as Entry;
  }

  it('writes the fields in their order', async () => {
    await done(store.append(STREAM, [{ ...record('{}'), type: 'T', meta: '{"id":"1"}' }]));
    const [[, fields]] = (await redis.outside.xrange(LANE, '-', '+')) as [[string, string[]]];
    expect(fields).to.deep.equal([
      'topic',
      'a.b',
      'payload',
      '{}',
      'type',
      'T',
      'encoding',
      'json',
      'meta',
      '{"id":"1"}',
    ]);
  });

  it('reads entries of NautilusTrader, with and without type and encoding', async () => {
    await redis.outside.xadd(LANE, '*', 'topic', 'data.quotes', 'payload', '{"a":1}');
    await redis.outside.xadd(
      LANE,
      '*',
      'topic',
      'data.quotes',
      'type',
      'Q',
      'payload',
      '{"a":2}',
      'encoding',
      'msgpack',
    );
    const { entries } = await take(store);
    expect(
      entries.map(({ topic, type, encoding, meta, fault }) => ({ topic, type, encoding, meta, fault })),
    ).to.deep.equal([
      { topic: 'data.quotes', type: '', encoding: 'json', meta: '', fault: undefined },
      { topic: 'data.quotes', type: 'Q', encoding: 'msgpack', meta: '', fault: undefined },
    ]);
    expect(entries.map(textOf)).to.deep.equal(['{"a":1}', '{"a":2}']);
  });

  it('finds the fault of an entry that is no message, whether it waited for it or not', async () => {
    await redis.outside.xadd(LANE, '*', 'hello', 'world');
    const looked = await takeOne();
    expect(looked.fault).to.equal('it has no field topic and no field payload');
    await settle(store, looked, { kind: 'reject', error: new Error('no message') });
    const hand = take(store, { waitMs: 5_000 });
    await redis.outside.xadd(LANE, '*', 'topic', 't', '__proto__', 'x');
    expect((await hand).entries[0]?.fault).to.equal('it has no field payload');
    const letters = await new Promise<readonly { raw?: object }[]>((resolve, reject) => {
      store.deadLetters(STREAM, { count: 10 }).subscribe({ next: resolve, error: reject });
    });
    expect(letters.map(({ raw }) => raw)).to.deep.equal([{ hello: Buffer.from('world') }]);
  });

  it('reports an owed entry that was deleted as lost, after a retry and after a release', async () => {
    await done(store.append(STREAM, [record('a'), record('b')]));
    const [a, b] = (await take(store)).entries as [Entry, Entry];
    await redis.outside.xdel(LANE, a.id, b.id);
    await settle(store, a, { kind: 'retry', delayMs: 0 });
    await settle(store, b, { kind: 'release' });
    const { entries, lost } = await take(store);
    expect(entries).to.deep.equal([]);
    expect(lost.map(({ id }) => id)).to.have.members([a.id, b.id]);
    expect((await take(store)).lost).to.deep.equal([]);
    expect(await redis.outside.xpending(LANE, 'g')).to.deep.equal([0, null, null, null]);
  });

  it('keeps the order of what is given back within one millisecond', async () => {
    await done(
      store.append(
        STREAM,
        Array.from({ length: 300 }, (_, i) => record(`${i}`)),
      ),
    );
    const { entries } = await take(store, { credit: { critical: 0, high: 0, normal: 300, low: 0 } });
    const outcome = { kind: 'release' } as const;
    const settlements = entries.map(({ priority, id, attempt }) => ({ priority, id, attempt, outcome }));
    await done(store.settle({ stream: STREAM, group: 'g', consumer: 'c1' }, settlements));
    const again = await take(store);
    expect(again.entries.map(textOf)).to.deep.equal(Array.from({ length: 100 }, (_, i) => `${i}`));
  });

  it('reads back whatever the server packs', async () => {
    const items = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(items, async (values) => {
        const args = values.map((value) => Buffer.from(value));
        const reply = new PackedReply(
          (await redis.outside.callBuffer('EVAL', ['return cmsgpack.pack(ARGV)', 0, ...args])) as Buffer,
        );
        const read = Array.from({ length: reply.array() }, () => Buffer.from(reply.bytes()));
        expect(read).to.deep.equal(args);
      }),
      { numRuns: 50, examples: [[[new Uint8Array(70_000), new Uint8Array(300), new Uint8Array(32)]]] },
    );
  });

  it('reads back numbers of every size', async () => {
    const numbers = [
      0,
      1,
      127,
      128,
      255,
      256,
      65_535,
      65_536,
      2 ** 31,
      2 ** 32,
      2 ** 40,
      -1,
      -32,
      -33,
      -129,
      -40_000,
      1.5,
    ];
    const script =
      'local out = {} for i, text in ipairs(ARGV) do out[i] = tonumber(text) end return cmsgpack.pack(out)';
    const reply = new PackedReply((await redis.outside.callBuffer('EVAL', [script, 0, ...numbers])) as Buffer);
    expect(Array.from({ length: reply.array() }, () => reply.number())).to.deep.equal(numbers);
  });
});
