import { expect } from 'chai';
import { defer, type Observable, Subject, switchMap, take } from 'rxjs';
import {
  type Bus,
  connect,
  memoryStore,
  type OutgoingMessage,
  type PublishManyError,
  type Receipt,
  type StreamStore,
} from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf, expectComplaint } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { startRedis } from '../support/redisServer.ts';

/** Publishes, and gives the receipts by index. */
async function receiptsOf(bus: Bus, messages: Iterable<OutgoingMessage>): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  const count = await bus.publishMany(messages, {
    onReceipt: (receipt, index) => {
      receipts[index] = receipt;
    },
  });
  expect(count).to.equal(receipts.length);
  return receipts;
}

/** The most that `publishMany` leaves unconfirmed. */
const WINDOW = 4_000;

const ticks = (count: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, data) => ({ topic: 'ticks.eth', data }));

describe('publishMany', () => {
  onEachStore((world) => {
    it('gives the receipts in the order of the messages, which the store keeps', async () => {
      const bus = await world.connect();
      const receipts = await receiptsOf(bus, ticks(2_500));
      const seen: string[] = [];
      const view = bus.subscribe('ticks.*', { from: 'earliest' }).subscribe(({ id }) => seen.push(id));
      await eventually(() => seen.length === 2_500);
      view.unsubscribe();
      expect(seen).to.deep.equal(receipts.map(({ id }) => id));
      expect(new Set(seen).size).to.equal(2_500);
    });

    it('gives receipts over topics and tiers, with the ids of those that have one', async () => {
      const bus = await world.connect({ streams: { news: { patterns: ['news.*'] } } });
      const receipts = await receiptsOf(bus, [
        { topic: 'ticks.eth', data: 1, priority: 'low', id: 'one' },
        { topic: 'news.world', data: 2, priority: 'critical' },
        { topic: 'ticks.btc', data: 3, id: 'three' },
      ]);
      expect(receipts.map(({ topic }) => topic)).to.deep.equal(['ticks.eth', 'news.world', 'ticks.btc']);
      expect(receipts.map(({ id }) => id.replace(/\d+-\d+$/, 'N'))).to.deep.equal([
        'one',
        'news.0:critical:N',
        'three',
      ]);
      expect(await bus.publishMany([])).to.equal(0);
    });

    it('says which messages failed and why, and publishes the others', async () => {
      const bus = await world.connect();
      const messages: unknown[] = ticks(300);
      messages[7] = { topic: 'ticks.*', data: 7 };
      messages[40] = { topic: 'ticks.eth', data: 40n };
      messages[41] = null;
      const error = (await errorOf(() => bus.publishMany(messages as OutgoingMessage[]))) as PublishManyError;
      expectComplaint(error, {
        type: 'PublishManyError',
        code: 'PUBLISH_MANY',
        says: "3 of 300 messages were not published; the first at index 7: topic 'ticks.*' has a wildcard",
      });
      expect([error.failed, error.published]).to.deep.equal([3, 297]);
      const named = error.failures.map(({ index, error: { name } }) => [index, name]);
      expect(named).to.deep.equal([
        [7, 'InvalidTopicError'],
        [40, 'EncodeError'],
        [41, 'InvalidOptionError'],
      ]);
      expect((await bus.stats()).lanes.normal.length).to.equal(297);
    });

    it('rejects with what `onReceipt` throws, and pulls no more', async () => {
      const bus = await world.connect();
      let pulled = 0;
      function* endless(): Generator<OutgoingMessage> {
        for (;;) yield { topic: 'ticks.eth', data: pulled++ };
      }
      const onReceipt = () => {
        throw new RangeError('no room for receipts');
      };
      expect(await errorOf(() => bus.publishMany(endless(), { onReceipt }))).to.be.instanceOf(RangeError);
      expect(pulled).to.be.at.most(2 * WINDOW);
    });

    it('rejects with what the iterable throws; what came before is published', async () => {
      const bus = await world.connect();
      async function* breaking(): AsyncGenerator<OutgoingMessage> {
        yield* ticks(5);
        throw new RangeError('the disk is gone');
      }
      expect(await errorOf(() => bus.publishMany(breaking()))).to.be.instanceOf(RangeError);
      await eventually(async () => (await bus.stats()).lanes.normal.length === 5);
    });
  });

  /** Counts what is pulled. */
  function counted(count: number) {
    const pulls = { count: 0 };
    async function* messages(): AsyncGenerator<OutgoingMessage> {
      for (const message of ticks(count)) {
        pulls.count += 1;
        yield message;
      }
    }
    return { pulls, messages: messages() };
  }

  it('pulls no more than its window ahead of the store, on memory', async () => {
    const opened = new Subject<void>();
    const memory = memoryStore();
    const append: StreamStore['append'] = (stream, records) =>
      defer((): Observable<never> | ReturnType<StreamStore['append']> =>
        opened.pipe(
          take(1),
          switchMap(() => memory.append(stream, records)),
        ),
      );
    const gated: StreamStore = Object.assign(Object.create(memory), { append });
    await using bus = await connect({ store: gated });
    const { pulls, messages } = counted(3 * WINDOW);
    const published = bus.publishMany(messages);
    await eventually(() => pulls.count === WINDOW);
    const ahead: number[] = [];
    let confirmed = 0;
    void published.then(() => (confirmed = 3 * WINDOW));
    await eventually(
      async () => {
        ahead.push(pulls.count - (await bus.stats()).lanes.normal.length);
        opened.next();
        return confirmed > 0;
      },
      { everyMs: 1, withinMs: 15_000 },
    );
    expect(await published).to.equal(3 * WINDOW);
    expect(Math.max(...ahead)).to.be.at.most(WINDOW);
    memory.close().subscribe();
  });

  it('pulls no more than its window while the server is frozen, and goes on when it is back', async () => {
    await using server = await startRedis();
    await using bus = await connect(server.url);
    await bus.publish('ticks.eth', 'first');
    server.pause();
    const { pulls, messages } = counted(2 * WINDOW);
    const published = bus.publishMany(messages);
    await eventually(() => pulls.count === WINDOW);
    server.resume();
    expect(await published).to.equal(2 * WINDOW);
    expect((await bus.stats()).lanes.normal.length).to.equal(2 * WINDOW + 1);
  });
});
