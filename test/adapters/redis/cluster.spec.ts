import { expect } from 'chai';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import { SLOTS, slotOf } from '../../../src/adapters/redis/slotOf.ts';
import type { StreamStore } from '../../../src/core/store.ts';
import { StoreError, StoreUnavailableError } from '../../../src/core/storeErrors.ts';
import { eventually } from '../../support/eventually.ts';
import { bulk, type FakeAnswer, FakeRedis } from '../../support/fakeRedis.ts';
import { freePort } from '../../support/freePort.ts';
import { done, failure, record, STREAM } from './support.ts';

const SLOT = slotOf(`{${STREAM}}`);
const KEPT = bulk('1-0');

/** Two nodes that do as they are told; the first has every slot, until they say otherwise. */
describe('redisStore: on a Cluster whose slots move', () => {
  let here: FakeRedis;
  let there: FakeRedis;
  let owner: FakeRedis;
  let store: StreamStore;
  let answers: { here: FakeAnswer; there: FakeAnswer };

  beforeEach(async () => {
    answers = { here: () => KEPT, there: () => KEPT };
    here = await FakeRedis.start('7.0.15', (command) => slots(command) ?? answers.here(command));
    there = await FakeRedis.start('7.0.15', (command) => slots(command) ?? answers.there(command));
    owner = here;
    store = redisStore({ url: `redis+cluster://127.0.0.1:${here.port}` });
    await done(store.open());
  });
  afterEach(async () => {
    await done(store.close());
    await here[Symbol.asyncDispose]();
    await there[Symbol.asyncDispose]();
  });

  function slots([name, what]: readonly string[]): string | undefined {
    if (name !== 'CLUSTER' || what !== 'SLOTS') return undefined;
    return `*1\r\n*3\r\n:0\r\n:${SLOTS - 1}\r\n*3\r\n${bulk('127.0.0.1')}:${owner.port}\r\n${bulk('id')}`;
  }

  /** The names of what a node was asked, but for the map. */
  const asked = (node: FakeRedis) => node.asked.map(([name]) => name).filter((name) => name !== 'CLUSTER');
  const append = () => done(store.append(STREAM, [record('1')]));
  const moved = (to: FakeRedis, code = 'MOVED') => `-${code} ${SLOT} 127.0.0.1:${to.port}\r\n`;

  /** Answers once as given, then as if all were well. */
  function first(...texts: string[]): FakeAnswer {
    return () => texts.shift() ?? KEPT;
  }

  it('follows a slot that has moved, and stays there', async () => {
    answers.here = first(moved(there));
    owner = there;
    await append();
    await append();
    expect(asked(here)).to.deep.equal(['EVAL']);
    expect(asked(there)).to.deep.equal(['EVAL', 'EVALSHA']);
  });

  it('follows to a host that is left out since it is the same', async () => {
    answers.here = first(`-MOVED ${SLOT} :${there.port}\r\n`);
    await append();
    expect(asked(there)).to.deep.equal(['EVAL']);
  });

  it('asks for what is on its way, with the whole script, and comes back the next time', async () => {
    answers.here = first(moved(there, 'ASK'));
    await append();
    await append();
    expect(asked(there)).to.deep.equal(['ASKING', 'EVAL']);
    expect(asked(here)).to.deep.equal(['EVAL', 'EVALSHA']);
  });

  for (const [code, text] of [
    ['TRYAGAIN', '-TRYAGAIN Multiple keys request during rehashing of slot\r\n'],
    ['CLUSTERDOWN', '-CLUSTERDOWN The cluster is down\r\n'],
  ] as const) {
    it(`tries again by itself after ${code}`, async () => {
      answers.here = first(text, text, text);
      await append();
      expect(asked(here)).to.have.length(4);
    });

    it(`says that it can't be done now when ${code} goes on, after some tries and no more`, async () => {
      answers.here = () => text;
      const error = await failure(store.append(STREAM, [record('1')]));
      expect(error).to.be.instanceOf(StoreUnavailableError);
      expect(error.message).to.include(`slot ${SLOT}`).and.include(code);
      expect(asked(here)).to.have.length.within(5, 60);
    });
  }

  it('gives up on nodes that send it to each other', async () => {
    answers.here = () => moved(there);
    answers.there = () => moved(here);
    const error = await failure(store.append(STREAM, [record('1')]));
    expect(error).to.be.instanceOf(StoreUnavailableError);
    expect(error.message).to.include(`slot ${SLOT}`);
    expect(asked(here).length + asked(there).length).to.equal(6);
  });

  it('does not send again what may have been done', async () => {
    answers.here = () => {
      here.cut();
      return '';
    };
    const error = await failure(store.append(STREAM, [record('1')]));
    expect(error).to.be.instanceOf(StoreUnavailableError);
    expect(asked(here)).to.deep.equal(['EVAL']);
    expect(asked(there)).to.deep.equal([]);
  });

  it('looks for the slots anew where its node is gone', async () => {
    await done(store.close());
    {
      await using gone = await FakeRedis.start('7.0.15', (command) => slots(command) ?? KEPT);
      owner = gone;
      store = redisStore({ url: `redis+cluster://127.0.0.1:${gone.port},127.0.0.1:${there.port}` });
      await append();
      owner = there;
    }
    expect(await failure(store.append(STREAM, [record('1')]))).to.be.instanceOf(StoreUnavailableError);
    await eventually(append);
    expect(asked(there)).to.deep.equal(['EVAL']);
  });
});

describe('redisStore: a Cluster that is none', () => {
  async function refusal(url: string): Promise<Error> {
    const store = redisStore({ url });
    const error = await failure(store.open());
    await done(store.close());
    return error;
  }

  it('names the nodes that it asked when none answers', async () => {
    const [one, other] = [await freePort(), await freePort()];
    const error = await refusal(`redis+cluster://u:hunter2@127.0.0.1:${one},127.0.0.1:${other}`);
    expect(error).to.be.instanceOf(StoreUnavailableError);
    expect(error.message).to.include(`127.0.0.1:${one}`).and.include(`127.0.0.1:${other}`).and.not.include('hunter2');
  });

  it('says what to write for a server that is no node of a Cluster', async () => {
    await using fake = await FakeRedis.start('7.0.15', () => '-ERR This instance has cluster support disabled\r\n');
    const error = await refusal(`redis+cluster://127.0.0.1:${fake.port}`);
    expect(error).to.be.instanceOf(StoreError).and.include({ retryable: false });
    expect(error.message).to.include('use redis://');
  });

  it('says what to write for a node of a Cluster that is taken for a single server', async () => {
    await using fake = await FakeRedis.start('7.0.15', () => '-MOVED 7 127.0.0.1:7001\r\n');
    const store = redisStore({ url: fake.url });
    const error = await failure(store.append(STREAM, [record('1')]));
    await done(store.close());
    expect(error).to.be.instanceOf(StoreError).and.include({ retryable: false });
    expect(error.message).to.include('use redis+cluster://');
  });
});
