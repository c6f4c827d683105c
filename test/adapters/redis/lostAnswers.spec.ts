import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import { ACK } from '../../../src/core/outcome.ts';
import type { Entry, StoreRecord, StreamStore, Taken } from '../../../src/core/store.ts';
import { FencedError, NoGroupError, StoreFullError, StoreUnavailableError } from '../../../src/core/storeErrors.ts';
import { batchOf, messagesOf } from '../../../src/testing/contract/batchOf.ts';
import { eventually } from '../../support/eventually.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { credit, done, enter, failure, member, record, STREAM, settle, take, taking, textOf } from './support.ts';

const LANE = `sluice:{${STREAM}}:normal`;

describe('redisStore: when answers are lost', () => {
  const redis = redisFixture();
  let store: StreamStore;

  beforeEach(async () => {
    await redis.outside.flushall();
    await redis.outside.config('RESETSTAT');
    store = redisStore({ url: redis.server.url, blockMs: 200, commandTimeoutMs: 300, connectTimeoutMs: 1_000 });
    await done(store.open());
    await enter(store);
  });
  afterEach(() => done(store.close()));

  /** How many clients wait in a blocking read, and under which ids. */
  async function blocked(): Promise<string[]> {
    const clients = String(await redis.outside.client('LIST')).split('\n');
    return clients.flatMap((line) => (/ flags=\S*b/.test(line) ? [/id=(\d+)/.exec(line)?.[1] ?? ''] : []));
  }

  async function waiting(): Promise<void> {
    await eventually(async () => (await blocked()).length === 1);
  }

  async function pending(consumer = member().consumer): Promise<number> {
    const rows = (await redis.outside.xpending(LANE, 'g', '-', '+', 100, consumer)) as unknown[];
    return rows.length;
  }

  it('replaces the connection of a blocked read that a frozen server never ends', async () => {
    const hand = take(store, { waitMs: 15_000 });
    await waiting();
    const [old] = await blocked();
    redis.server.pause();
    const late = await failure(store.append(STREAM, [record('nobody hears')]));
    expect(late).to.be.instanceOf(StoreUnavailableError);
    expect(late.message).to.include('did not answer within 300 ms');
    let outcome: Taken | Error | undefined;
    void hand.then(
      (taken) => (outcome = taken),
      (error) => (outcome = error),
    );
    // The read is given up 2 s after its time; what follows can't connect either while the server is frozen.
    await eventually(() => outcome !== undefined, { withinMs: 12_000 });
    expect(outcome).to.be.instanceOf(StoreUnavailableError);
    redis.server.resume();
    await eventually(() => done(store.open()).then(() => true));
    const entries: Entry[] = [];
    await eventually(async () => {
      entries.push(...(await take(store, { waitMs: 500, inHand: () => entries })).entries);
      return entries.length > 0;
    });
    expect(entries.map((entry) => [textOf(entry), entry.attempt])).to.deep.equal([['nobody hears', 1]]);
    expect(await blocked()).not.to.include(old);
  }).timeout(30_000);

  it('hands out what a cut connection had taken along, at the attempt it had', async () => {
    const hand = take(store, { waitMs: 5_000 });
    await waiting();
    const [id] = await blocked();
    // Served to the consumer's name, and never heard of by its process: in one step with the cut.
    await redis.outside
      .multi()
      .xadd(LANE, '*', 'topic', 't', 'payload', '"cut"', 'type', '', 'encoding', 'json', 'meta', '')
      .xreadgroup('GROUP', 'g', 'c1', 'COUNT', 1, 'STREAMS', LANE, '>')
      .client('KILL', 'ID', id ?? '')
      .exec();
    const { entries } = await hand;
    expect(entries.map((entry) => [textOf(entry), entry.attempt])).to.deep.equal([['"cut"', 1]]);
    expect(await pending()).to.equal(1);
    await settle(store, entries[0] as Entry, ACK);
    expect(await pending()).to.equal(0);
  });

  it('does not hand out again what is in hand when an answer was lost', async () => {
    await done(store.append(STREAM, [record('held')]));
    const held = (await take(store)).entries;
    const hand = take(store, { waitMs: 1_000, inHand: () => held });
    await waiting();
    const [id] = await blocked();
    await redis.outside.client('KILL', 'ID', id ?? '');
    expect((await hand).entries).to.deep.equal([]);
    await settle(store, held[0] as Entry, ACK);
  });

  it('gives back what comes to a cancelled take', async () => {
    const subscription = taking(store, { waitMs: 5_000 }).subscribe();
    await waiting();
    // The server serves the read before it hears of the cancellation.
    const appended = done(store.append(STREAM, [record('a'), record('b')]));
    subscription.unsubscribe();
    await appended;
    const { entries } = await take(store, { waitMs: 2_000 });
    expect(entries.map((entry) => [textOf(entry), entry.attempt])).to.deep.equal([
      ['a', 1],
      ['b', 1],
    ]);
  });

  it('gives back what comes beyond the credit with the first record batches, since a read waits for entries', async () => {
    const hand = take(store, { waitMs: 5_000, credit: credit(15) });
    await waiting();
    const batches = [0, 1, 2, 3].map((n) => batchOf(Array.from({ length: 10 }, (_, i) => `${n}.${i}`)));
    await done(store.append(STREAM, batches));
    expect((await hand).entries).to.have.length(2);
    const { entries } = await take(store, { credit: credit(100) });
    expect(entries.map((entry) => messagesOf(entry)[0])).to.deep.equal([
      ['2.0', 1],
      ['3.0', 1],
    ]);
  });

  it('hands out no more than the credit of record batches whose answer was lost', async () => {
    const hand = take(store, { waitMs: 5_000, credit: credit(15) });
    await waiting();
    const [id] = await blocked();
    const batches = [0, 1, 2, 3].map((n) => batchOf(Array.from({ length: 10 }, (_, i) => `${n}.${i}`)));
    const fields = ({ topic, payload, type, encoding, meta }: StoreRecord) => [
      ...['topic', topic, 'payload', payload as Buffer, 'type', type, 'encoding', encoding, 'meta', meta],
    ];
    const served = batches.reduce((multi, batch) => multi.xadd(LANE, '*', ...fields(batch)), redis.outside.multi());
    await served
      .xreadgroup('GROUP', 'g', 'c1', 'COUNT', 4, 'STREAMS', LANE, '>')
      .client('KILL', 'ID', id ?? '')
      .exec();
    expect((await hand).entries).to.have.length(2);
    const { entries } = await take(store, { credit: credit(100) });
    expect(entries.map((entry) => messagesOf(entry)[0])).to.deep.equal([
      ['2.0', 1],
      ['3.0', 1],
    ]);
  });

  it('hands out what it read and could neither hand on nor give back, since the server refused', async () => {
    // Its lease has run out while it waits, so what it reads is checked by a script.
    const brief = member('brief');
    await done(store.join(brief, 1));
    const hand = failure(taking(store, { member: brief, waitMs: 5_000 }));
    await waiting();
    await redis.outside
      .multi()
      .xadd(LANE, '*', 'topic', 't', 'payload', '"a"', 'type', '', 'encoding', 'json', 'meta', '')
      .config('SET', 'min-replicas-to-write', '1')
      .exec();
    try {
      expect((await hand).message).to.include('NOREPLICAS');
    } finally {
      await redis.outside.config('SET', 'min-replicas-to-write', '0');
    }
    const { entries } = await take(store, { member: brief, waitMs: 1_000 });
    expect(entries.map((entry) => [textOf(entry), entry.attempt])).to.deep.equal([['"a"', 1]]);
  });

  it('leaves nothing behind when cancelled while looking', async () => {
    await done(store.append(STREAM, [record('a')]));
    for (let i = 0; i < 20; i += 1) taking(store).subscribe().unsubscribe();
    const { entries } = await take(store);
    expect(entries.map((entry) => [textOf(entry), entry.attempt])).to.deep.equal([['a', 1]]);
  });

  it('frees the connection of a cancelled take at once', async () => {
    const subscription = taking(store, { waitMs: 60_000 }).subscribe();
    await waiting();
    subscription.unsubscribe();
    await eventually(async () => (await blocked()).length === 0, { withinMs: 150, everyMs: 5 });
  });

  it('ends the waiting take of a consumer that leaves', async () => {
    const hand = failure(taking(store, { waitMs: 60_000 }));
    await waiting();
    await done(store.leave(member()));
    expect(await hand).to.be.instanceOf(FencedError);
  });

  it('takes entries that came to a consumer after it had left', async () => {
    const gone = member('gone');
    await done(store.join(gone, 60_000));
    await done(store.leave(gone));
    await done(store.append(STREAM, [record('orphan')]));
    await redis.outside.xreadgroup('GROUP', 'g', 'gone', 'COUNT', 1, 'STREAMS', LANE, '>');
    expect((await take(store)).entries).to.deep.equal([]);
    await done(store.renew(member(), 60_000));
    const { entries } = await take(store);
    expect(entries.map((entry) => [textOf(entry), entry.attempt])).to.deep.equal([['orphan', 2]]);
    const info = (await redis.outside.xinfo('CONSUMERS', LANE, 'g')) as unknown[][];
    expect(info.map(([, name]) => name)).to.deep.equal(['c1']);
  });

  it('says that the group is gone after FLUSHALL, and goes on in a new one', async () => {
    const hand = failure(taking(store, { waitMs: 5_000 }));
    await waiting();
    await redis.outside.flushall();
    expect(await hand).to.be.instanceOf(NoGroupError);
    expect(await failure(taking(store))).to.be.instanceOf(NoGroupError);
    expect(await failure(store.renew(member(), 1_000))).to.be.instanceOf(NoGroupError);
    expect(await failure(store.join(member(), 1_000))).to.be.instanceOf(NoGroupError);
    await enter(store, member('c2'));
    await done(store.append(STREAM, [record('a')]));
    expect((await take(store, { member: member('c2') })).entries).to.have.length(1);
  });

  it('loads its scripts again after SCRIPT FLUSH', async () => {
    await done(store.append(STREAM, [record('a')]));
    await redis.outside.script('FLUSH');
    await done(store.append(STREAM, [record('b')]));
    await redis.outside.script('FLUSH');
    expect((await take(store)).entries.map(textOf)).to.deep.equal(['a', 'b']);
  });

  it('appends nothing to a full server, and still settles', async () => {
    await done(store.append(STREAM, [record('a'), record('b')]));
    const [first, second] = (await take(store)).entries as [Entry, Entry];
    await redis.outside.config('SET', 'maxmemory', '1');
    try {
      const error = await failure(store.append(STREAM, [record('c'), record('d')]));
      expect(error).to.be.instanceOf(StoreFullError);
      expect(error.message).to.include('nothing was kept');
      await settle(store, first, ACK);
      await settle(store, second, { kind: 'reject', error: new Error('no') });
      await done(store.renew(member(), 60_000));
    } finally {
      await redis.outside.config('SET', 'maxmemory', '0');
    }
    expect(await redis.outside.xlen(LANE)).to.equal(2);
    expect(await pending()).to.equal(0);
  });

  it('lets consumers of a full server start again, and remember what they have seen', async () => {
    await done(store.append(STREAM, [record('a')]));
    await redis.outside.config('SET', 'maxmemory', '1');
    try {
      await enter(store, member('c2'));
      const ask = { owner: 'o', keys: ['k'], forMs: 60_000, most: 10 };
      expect(await firstValueFrom(store.seen('list', { ...ask, kind: 'claim' }))).to.deep.equal(['free']);
      const [entry] = (await take(store, { member: member('c2') })).entries as [Entry];
      expect(await firstValueFrom(store.seen('list', { ...ask, kind: 'keep' }))).to.deep.equal(['seen']);
      await settle(store, entry, ACK, member('c2'));
    } finally {
      await redis.outside.config('SET', 'maxmemory', '0');
    }
    expect(await pending('c2')).to.equal(0);
  });

  it('connects again by itself when the server has closed the connection', async () => {
    await redis.outside.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(() => done(store.append(STREAM, [record('a')])).then(() => true));
    expect((await take(store)).entries.map(textOf)).to.deep.equal(['a']);
  });
});
