import { expect } from 'chai';
import { z } from 'zod';
import { valueKeptMs, wholePolicy } from '../../src/cache/cachePolicy.ts';
import { type Bus, connect, type PublishOptions } from '../../src/index.ts';
import {
  type Endpoints,
  endpoint,
  pagedEndpoint,
  type ServicePort,
  service,
  serviceClient,
} from '../../src/services/index.ts';
import { policyOf } from '../../src/services/serving/answersOf.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf } from '../support/expectComplaint.ts';

const Anything = z.looseObject({});
const notify = () => undefined;

describe('answers that several wait for', () => {
  let bus: Bus;
  beforeEach(async () => {
    bus = await connect();
    bus.notices.subscribe();
  });
  afterEach(() => bus.close({ deadlineMs: 0 }));

  const running = (endpoints: Endpoints, { port = bus, maxEntryBytes = 1_000_000, timeoutMs = 60_000 } = {}) =>
    service(port as ServicePort, {
      name: 'names',
      endpoints,
      timeoutMs,
      cache: bus.cache({ name: 'names', maxEntryBytes }),
      notify,
    });

  it('go to those alone who asked the same, whatever the schema makes of it', async () => {
    const params = z.object({ names: z.array(z.string()).transform((names) => new Set(names)) });
    const run = ({ names }: z.output<typeof params>) => [...names];
    await using _running = running({ 'names.get': endpoint({ params, cache: { ttlMs: 60_000 }, run }) });
    for (const names of [['a'], ['b'], ['a']]) expect(await bus.request('names.get', { names })).deep.equal(names);
  });

  it('are not kept where parameters do not show what they hold', async () => {
    class Name {
      constructor(readonly text: string) {}
    }
    const params = z.string().transform((text) => new Name(text));
    let runs = 0;
    const run = ({ text }: Name) => `${text}${++runs}`;
    await using _running = running({ 'names.get': endpoint({ params, cache: { ttlMs: 60_000 }, run }) });
    expect([await bus.request('names.get', 'a'), await bus.request('names.get', 'a')]).deep.equal(['a1', 'a2']);
  });

  it('are asked for no faster than the slowest of them takes, where they are too large to be kept', async () => {
    let given = 0;
    let begin: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (begin = resolve));
    const run = async function* () {
      await both;
      for (; given < 5_000; given += 1) yield 'x'.repeat(1_000);
    };
    const endpoints = {
      'names.large': pagedEndpoint({ params: Anything, pageItems: 50, cache: { ttlMs: 60_000 }, run }),
    };
    const sent: string[] = [];
    let release: () => void = () => undefined;
    const full = new Promise<void>((resolve) => (release = resolve));
    const port = Object.assign(Object.create(bus), {
      publish: async (topic: string, data: unknown, options: PublishOptions) => {
        sent.push(topic);
        if (topic === 'answers.slow') await full;
        return bus.publish(topic, data, options);
      },
    }) as Bus;
    await using serving = running(endpoints, { port, maxEntryBytes: 10_000 });
    for (const callbackTopic of ['answers.quick', 'answers.slow']) {
      await bus.publish('names.large', { params: {}, callbackTopic });
    }
    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await eventually(() => expect(serving.metrics().running).equal(2));
    // So that both wait for it.
    await turns(10);
    begin();
    await eventually(() => expect(sent).include.members(['answers.quick', 'answers.slow']));
    // Enough for the whole, if nothing held it.
    await turns(1_000);
    expect(given).below(200);
    release();
    await eventually(() => expect(serving.metrics().endpoints['names.large']).include({ answered: 2, items: 10_000 }));
    expect(given).equal(5_000);
  });

  it('may have any number of items, if they are kept', async () => {
    const count = 150_000;
    const endpoints = {
      'names.many': pagedEndpoint({
        params: Anything,
        pageItems: 100_000,
        cache: { ttlMs: 60_000 },
        run: () => Array.from({ length: count }, () => 1),
      }),
    };
    await using _running = running(endpoints, { maxEntryBytes: 10_000_000 });
    const client = serviceClient<typeof endpoints>(bus);
    for (let i = 0; i < 2; i += 1) expect((await client.request('names.many', {})).items).lengthOf(count);
  });

  it('are fetched anew when what fetches them in the background hangs', async () => {
    let runs = 0;
    const run = () => (++runs === 2 ? new Promise<number>(() => undefined) : runs);
    const endpoints = { 'names.get': endpoint({ params: Anything, cache: { ttlMs: 1, staleMs: 60_000 }, run }) };
    await using _running = running(endpoints, { timeoutMs: 50 });
    const ask = () => bus.request('names.get', {}, { timeoutMs: 200 });
    expect(await ask()).equal(1);
    await eventually(async () => expect([await ask(), runs]).deep.equal([1, 2]));
    await eventually(async () => expect(await ask()).above(2));
  });

  it('are given up, waited for or not, when they take longer than a request may', async () => {
    const signals: AbortSignal[] = [];
    const endpoints = {
      'names.get': endpoint({
        params: Anything,
        cache: { ttlMs: 60_000 },
        run: (_, { signal }) => {
          signals.push(signal);
          return new Promise<number>(() => undefined);
        },
      }),
    };
    await using _running = running(endpoints, { timeoutMs: 50 });
    const error = await errorOf(() => bus.request('names.get', {}, { timeoutMs: 100 }));
    expect(error).property('code').oneOf(['REQUEST_TIMEOUT', 'REQUEST_FAILED']);
    await eventually(() => expect(signals.map(({ aborted }) => aborted)).deep.equal([true]));
  });

  describe('by a time that the request says', () => {
    const OWN = { ttlMs: 1_000, staleMs: 200, staleIfErrorMs: 9_000 };
    for (const [cacheTtlMs, ttlMs, staleMs] of [
      [0, 1, 0],
      [999, 999, 0],
      [1_000, 1_000, 200],
      [5_000, 5_000, 200],
      [9_900, 9_900, 100],
      [2_592_000_000, 10_000, 0],
    ] as const) {
      it(`${cacheTtlMs} ms are no older than ${ttlMs}, and kept as long as any`, () => {
        const policy = policyOf(OWN, cacheTtlMs);
        expect(policy).include({ ttlMs, staleMs });
        expect(valueKeptMs(wholePolicy(policy))).equal(10_000);
      });
    }
  });
});
