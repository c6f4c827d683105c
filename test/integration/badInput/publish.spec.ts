import { expect } from 'chai';
import { type Bus, handle, type PublishOptions, pipeline, stage } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { type Complaint, errorOf, expectComplaint } from '../../support/expectComplaint.ts';
import { onEachStore } from '../../support/onEachStore.ts';

interface Case extends Complaint {
  readonly title: string;
  readonly topic?: unknown;
  readonly data?: unknown;
  readonly options?: unknown;
}

const cycle: { self?: unknown } = {};
cycle.self = cycle;

const topic = { type: 'InvalidTopicError', code: 'INVALID_TOPIC' };
const option = { type: 'InvalidOptionError', code: 'INVALID_OPTION' };
const encode = { type: 'EncodeError', code: 'ENCODE' };

const CASES: readonly Case[] = [
  { title: 'a wildcard topic', topic: 'orders.*', ...topic, says: /'orders\.\*' has a wildcard.*publish to one topic/ },
  { title: 'an empty topic', topic: '', ...topic, says: /'' is empty: a topic is a dotted name such as/ },
  { title: 'a topic with white space', topic: 'orders new', ...topic, says: "'orders new' has white space" },
  { title: 'a topic with an empty part', topic: 'orders..new', ...topic, says: 'has an empty part between its dots' },
  { title: 'a topic of 600 characters', topic: 'a'.repeat(600), ...topic, says: 'has 600 characters: at most 512' },
  { title: 'no topic', topic: undefined, ...topic, says: /is not a string: a topic is a dotted name such as/ },
  { title: 'a BigInt', data: { qty: 1n }, ...encode, says: /it holds a BigInt; send a string, or allow integers with/ },
  { title: 'a cycle', data: cycle, ...encode, says: 'it refers to itself (a cycle)' },
  { title: 'a function', data: () => 1, ...encode, says: "data can't be written as JSON: it is function" },
  {
    title: 'a payload over the limit',
    data: 'x'.repeat(1_000),
    type: 'PayloadTooLargeError',
    code: 'PAYLOAD_TOO_LARGE',
    says: /has 1002 bytes: the limit is 1000 \(raise `maxPayloadBytes`, or send a reference instead\)/,
  },
  {
    title: 'an encoding without a codec',
    options: { encoding: 'msgpack' },
    type: 'UnknownEncodingError',
    code: 'UNKNOWN_ENCODING',
    says: "encoding 'msgpack' is unknown: known are 'json', 'bytes'; add its codec to `codecs`",
  },
  { title: 'bytes that are none', options: { encoding: 'bytes' }, ...encode, says: 'not a Uint8Array' },
  {
    title: 'an unknown priority',
    options: { priority: 'urgent' },
    ...option,
    says: "'urgent': it takes one of critical",
  },
  {
    title: 'a header that is a number',
    options: { headers: { n: 5 } },
    ...option,
    says: 'headers.n is 5: it takes a string',
  },
  {
    title: 'headers that are text',
    options: { headers: 'n=5' },
    ...option,
    says: "headers is 'n=5': it takes an object",
  },
  { title: 'a key that is a number', options: { key: 5 }, ...option, says: 'key is 5: it takes a string' },
  { title: 'an id that is a number', options: { id: 5 }, ...option, says: 'id is 5: it takes a string' },
  {
    title: 'an id that is empty',
    options: { id: '' },
    ...option,
    says: "id is '': it takes a string that is not empty, or nothing",
  },
  { title: 'a time that is a Date', options: { time: new Date(0) }, ...option, says: 'it takes ms since the epoch' },
  { title: 'a time that is not a number', options: { time: Number.NaN }, ...option, says: 'time is NaN: it takes ms' },
  { title: 'options that are text', options: 'critical', ...option, says: "options is 'critical': it takes an object" },
  { title: 'options that are null', options: null, ...option, says: 'options is null: it takes an object' },
];

describe('bad input: publish', () => {
  onEachStore((world) => {
    /** Publishes a good message, what is asked, and a good one again; all but the good ones must leave no trace. */
    async function between(bus: Bus, publish: () => Promise<void>): Promise<void> {
      const seen: unknown[] = [];
      const source = bus.from('orders.*', { group: 'orders' });
      await using running = pipeline(
        'orders',
        source,
        handle((data) => void seen.push(data)),
      ).run();
      await bus.publish('orders.new', 'before');
      await publish();
      await bus.publish('orders.new', 'after');
      await eventually(() => running.counts.settled.ack === 2);
      expect(seen).to.deep.equal(['before', 'after']);
      expect((await bus.stats()).lanes.normal.length).to.equal(2);
      expect(await bus.deadLetters()).to.deep.equal([]);
    }

    for (const each of CASES) {
      it(`refuses ${each.title}, and keeps nothing of it`, async () => {
        const bus = await world.connect({ maxPayloadBytes: 1_000 });
        const [to, data, options] = ['topic' in each ? each.topic : 'orders.new', each.data ?? 1, each.options];
        await between(bus, async () => {
          const error = await errorOf(() => bus.publish(to as string, data, options as PublishOptions));
          expectComplaint(error, each);
          // Options that are no object have no place in a message of many.
          if (options !== undefined && Object(options) !== options) return;
          const ofMany = await errorOf(() => bus.publishMany([{ ...(options as object), topic: to as string, data }]));
          expectComplaint((ofMany as Error).cause, each);
        });
      });
    }

    it('dead-letters whole what a pipeline can not publish, with its stage, and goes on', async () => {
      const bus = await world.connect({ maxPayloadBytes: 1_000 });
      const replies: Record<string, unknown> = { large: 'x'.repeat(1_000), big: 1n, loop: cycle };
      const running = pipeline(
        'orders',
        bus.from('orders.*', { group: 'orders' }),
        stage(
          'reply',
          handle((data) => replies[data as string] ?? 'fine'),
        ),
        stage(
          'send',
          bus.to(({ message }) => (message.headers['to'] as string | undefined) ?? 'replies.all'),
        ),
      ).run();
      for (const data of ['large', 'big', 'good', 'loop']) await bus.publish('orders.new', data);
      await bus.publish('orders.new', 'stray', { headers: { to: 'replies.*' } });
      await bus.publish('orders.new', 'good');
      await eventually(() => running.counts.settled.ack + running.counts.settled.reject === 6);
      await running.stop();

      const letters = await bus.deadLetters();
      const short = letters.map(({ payload, error, attempts, stage: last }) => [
        JSON.parse(String(Buffer.from(payload as Uint8Array))),
        error.name,
        attempts,
        last,
      ]);
      expect(short).to.have.deep.members([
        ['large', 'PayloadTooLargeError', 1, 'send'],
        ['big', 'EncodeError', 1, 'send'],
        ['loop', 'EncodeError', 1, 'send'],
        ['stray', 'InvalidTopicError', 1, 'send'],
      ]);
      const { lanes, groups } = await bus.stats();
      expect([lanes.normal.length, groups[0]?.pending], '6 orders and 2 replies').to.deep.equal([8, 0]);
    });
  });
});
