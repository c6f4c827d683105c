import { expect } from 'chai';
import { firstValueFrom, take, toArray } from 'rxjs';
import { type Bus, bytesCodec, type Codec, connect, type DeadLetter, handle, pipeline } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { onEachStore } from '../../support/onEachStore.ts';
import { redisFixture } from '../../support/redisFixture.ts';

const LANE = 'sluice:{main.0}:normal';

interface Case {
  readonly title: string;
  /** Names and values, as redis-cli would write them. */
  readonly fields: readonly (string | Buffer)[];
  readonly error: string;
  readonly says: RegExp;
}

const message = ['topic', 'orders.new', 'payload', '"odd"'];
const corrupt = { error: 'CorruptEntryError' };

const CASES: readonly Case[] = [
  {
    title: 'no field we know',
    fields: ['hello', 'world'],
    ...corrupt,
    says: /it has no field topic and no field payload/,
  },
  { title: 'no topic', fields: ['payload', '1'], ...corrupt, says: /is no message: it has no field topic/ },
  { title: 'no payload', fields: ['topic', 'orders.new'], ...corrupt, says: /is no message: it has no field payload/ },
  { title: 'meta that is no JSON', fields: [...message, 'meta', '{id:'], ...corrupt, says: /meta is not JSON: \{id:/ },
  {
    title: 'meta that is a list',
    fields: [...message, 'meta', '[1]'],
    ...corrupt,
    says: /meta is not a JSON object: \[1\]/,
  },
  {
    title: 'a header that is a number',
    fields: [...message, 'meta', '{"headers":{"a":1}}'],
    ...corrupt,
    says: /wrong type/,
  },
  {
    title: 'a payload that is no JSON',
    fields: ['topic', 'orders.new', 'payload', 'qty=5'],
    error: 'DecodeError',
    says: /payload is not JSON: .*qty=5/,
  },
  {
    title: 'an encoding nobody knows',
    fields: [...message, 'encoding', 'avro'],
    error: 'UnknownEncodingError',
    says: /encoding 'avro' is unknown: known are 'json', 'bytes'; add its codec to `codecs`/,
  },
  {
    title: 'bytes that are no text',
    fields: ['topic', 'orders.new', 'payload', Buffer.from([0xff, 0x00, 0xfe])],
    error: 'DecodeError',
    says: /payload is not JSON/,
  },
];

/** The fields of the entry as the dead letter keeps them. */
function kept({ raw, topic, payload, encoding, meta }: DeadLetter): Readonly<Record<string, string>> {
  const known = { topic, payload, encoding, meta };
  return Object.fromEntries(Object.entries(raw ?? known).map(([name, value]) => [name, hex(value)]));
}

function hex(value: string | Uint8Array): string {
  return Buffer.from(value as string).toString('hex');
}

describe('bad input: entries written by something else', () => {
  const redis = redisFixture();
  let bus: Bus;

  beforeEach(async () => {
    await redis.outside.flushall();
    bus = await connect(redis.server.url);
  });
  afterEach(() => bus.close());

  for (const { title, fields, error, says } of CASES) {
    it(`${title}: a dead letter with all its fields, and the others go on`, async () => {
      const seen: unknown[] = [];
      const source = bus.from('orders.*', { group: 'orders' });
      const running = pipeline(
        'orders',
        source,
        handle((data) => void seen.push(data)),
      ).run();
      await bus.publish('orders.new', 'before');
      const id = await redis.outside.xadd(LANE, '*', ...fields);
      await bus.publish('orders.new', 'after');
      await eventually(async () => seen.length === 2 && (await bus.stats()).deadLetters === 1);
      await running.stop();

      expect(seen).to.deep.equal(['before', 'after']);
      const [letter, ...others] = await bus.deadLetters();
      if (letter === undefined) throw new Error('no dead letter');
      expect(others).to.deep.equal([]);
      expect([letter.error.name, letter.attempts, letter.entryId]).to.deep.equal([error, 1, id]);
      expect(letter.error.message).to.match(says);
      const found = kept(letter);
      for (let i = 0; i < fields.length; i += 2) {
        expect(found[String(fields[i])], String(fields[i])).to.equal(hex(fields[i + 1] ?? ''));
      }
      expect((await bus.stats()).groups[0]?.pending).to.equal(0);
    });
  }

  it('fields in any order, and more than we know, are a message all the same', async () => {
    const source = bus.from('orders.*', { group: 'orders' });
    await redis.outside.xadd(LANE, '*', 'note', 'hi', 'payload', '{"qty":5}', 'topic', 'orders.new');
    const delivery = await firstValueFrom(source);
    expect([delivery.message.topic, delivery.data]).to.deep.equal(['orders.new', { qty: 5 }]);
    delivery.ack();
  });

  it('a live view passes over them, and says so', async () => {
    const codes: string[] = [];
    bus.notices.subscribe(({ code }) => codes.push(code));
    for (const { fields } of CASES) await redis.outside.xadd(LANE, '*', ...fields);
    await bus.publish('orders.new', 'good');
    const seen = await firstValueFrom(bus.subscribe('orders.*', { from: 'earliest' }).pipe(take(1), toArray()));
    expect(seen.map(({ data }) => data)).to.deep.equal(['good']);
    expect(codes).to.deep.equal(CASES.map(() => 'UNREADABLE'));
  });
});

describe('bad input: an encoding that the consumer lacks', () => {
  const rot13: Codec = {
    encoding: 'rot13',
    encode: (data) => rotated(String(data)),
    decode: (payload) => rotated(Buffer.from(payload as Uint8Array).toString()),
  };

  onEachStore((world) => {
    it('is dead-lettered whole, and read when it is replayed to a consumer that has it', async () => {
      const producer = await world.connect({ codecs: [rot13, bytesCodec()] });
      const consumer = await world.connect();
      await producer.publish('orders.new', 'hello', { encoding: 'rot13', id: 'o-1' });
      await using running = pipeline('lacks', consumer.from('orders.*', { group: 'orders' })).run();
      await eventually(async () => (await consumer.stats()).deadLetters === 1);
      await running.stop();

      const [letter] = await consumer.deadLetters();
      expect([letter?.error.name, letter?.encoding, hex(letter?.payload ?? '')]).to.deep.equal([
        'UnknownEncodingError',
        'rot13',
        hex('uryyb'),
      ]);
      await firstValueFrom(producer.store.replay('main.0', [letter?.id ?? '']));
      const delivery = await firstValueFrom(producer.from('orders.*', { group: 'orders' }));
      expect([delivery.message.id, delivery.data]).to.deep.equal(['o-1', 'hello']);
      delivery.ack();
    });
  });
});

function rotated(text: string): string {
  return text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97));
}
