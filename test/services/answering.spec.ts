import { expect } from 'chai';
import { z } from 'zod';
import { type Bus, connect, type RequestFailedError } from '../../src/index.ts';
import {
  EndpointError,
  type Endpoints,
  endpoint,
  pagedEndpoint,
  type ResultReply,
  type ServiceOptions,
  service,
  serviceClient,
} from '../../src/services/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf } from '../support/expectComplaint.ts';
import { work } from '../support/work.ts';

const Anything = z.looseObject({});

describe('a service, of what it tells', () => {
  let bus: Bus;
  beforeEach(async () => {
    bus = await connect();
  });
  afterEach(() => bus.close({ deadlineMs: 0 }));

  const running = <E extends Endpoints>(endpoints: E, options: Partial<ServiceOptions<E>> = {}) =>
    service(bus, { name: 'numbers', endpoints, notify: () => undefined, ...options });

  const failed = async (data: unknown, headers = {}) =>
    ((await errorOf(() => bus.request('numbers.get', data, { headers, timeoutMs: 5_000 }))) as RequestFailedError)
      .reply;

  it('tells what was wrong, however long a name in it is', async () => {
    await using _running = running({ 'numbers.get': endpoint({ params: z.strictObject({}), run: () => 1 }) });
    const name = 'n'.repeat(1_000_000);
    const unknown = await failed({ [name]: 1 });
    expect(unknown.code).equal('INVALID_PARAMS');
    expect(JSON.stringify(unknown)).property('length').below(3_000);
    const request = await failed({ params: {}, [name]: 1 });
    expect(request.code).equal('BAD_REQUEST');
    expect(JSON.stringify(request)).property('length').below(3_000);
  });

  it('tells the beginning of a message that is too long for a reply', async () => {
    const run = () => {
      throw new EndpointError('LONG', 'm'.repeat(2_000_000), { details: { more: 'd'.repeat(2_000_000) } });
    };
    await using _running = running({ 'numbers.get': endpoint({ params: Anything, run }) });
    const { code, message, details } = await failed({});
    expect({ code, details, length: message.length }).deep.equal({ code: 'LONG', details: undefined, length: 4_000 });
    expect(await bus.deadLetters()).deep.equal([]);
  });

  it('counts as failed what was told as a failure, since the answer could not be', async () => {
    const endpoints = { 'numbers.get': endpoint({ params: Anything, run: () => 'x'.repeat(2_000_000) }) };
    await using serving = running(endpoints);
    await failed({});
    await errorOf(() => serviceClient<typeof endpoints>(bus).request('numbers.get', {}));
    await eventually(() =>
      expect(serving.metrics().endpoints['numbers.get']).deep.include({
        running: 0,
        answered: 0,
        failed: { PAYLOAD_TOO_LARGE: 2 },
      }),
    );
  });

  it('hands on any number of small items at once', async () => {
    const run = () => Array.from({ length: 300_000 }, () => 1);
    const endpoints = { 'numbers.get': pagedEndpoint({ params: Anything, pageItems: 1_000_000, run }) };
    await using _running = running(endpoints, { pageBytes: 1_000_000 });
    const answer = await bus.request('numbers.get', {}, { timeoutMs: 20_000 });
    expect((answer as { items: unknown[] }).items).lengthOf(300_000);
  });

  it('takes no parameters at all for a request, of its client too', async () => {
    const endpoints = { 'numbers.get': endpoint({ params: z.strictObject({}).optional(), run: () => 1 }) };
    await using _running = running(endpoints);
    expect(await serviceClient<typeof endpoints>(bus).request('numbers.get', undefined)).equal(1);
  });

  for (const replyTo of ['no topic', 'numbers.get']) {
    it(`runs nothing that is to be answered to '${replyTo}'`, async () => {
      let runs = 0;
      await using _running = running({ 'numbers.get': endpoint({ params: Anything, run: () => ++runs }) });
      await bus.publish('numbers.get', {}, { headers: { 'sluice-reply-to': replyTo } });
      await eventually(async () => expect(await bus.deadLetters()).lengthOf(1));
      expect((await bus.deadLetters())[0]?.error.message).include("can't be answered to its header sluice-reply-to");
      expect(runs).equal(0);
    });
  }

  const late = async (endpoints: Endpoints) => {
    await using serving = running(endpoints);
    await bus.publish('numbers.get', { params: {}, timeoutMs: 50 });
    const metrics = () => serving.metrics().endpoints['numbers.get'];
    await eventually(() => expect(metrics()).deep.include({ running: 0, failed: { DEADLINE_EXCEEDED: 1 } }));
  };

  it('keeps the deadline though the schema hangs', () =>
    late({
      'numbers.get': endpoint({ params: Anything.refine(() => new Promise<never>(() => undefined)), run: () => 1 }),
    }));

  it('keeps the deadline though items come without end and without waiting', () =>
    late({
      'numbers.get': pagedEndpoint({
        params: Anything,
        run: function* () {
          for (;;) yield 1;
        },
      }),
    }));

  it('answers all requests that a producer gave one id, of one topic and several keys', async () => {
    await using spread = await connect({
      streams: { asked: { patterns: ['numbers.*'], partitions: 8 } },
    });
    await using _running = service(spread, {
      name: 'numbers',
      endpoints: { 'numbers.get': endpoint({ params: Anything, run: ({ key }) => key ?? null }) },
    });
    const answers: unknown[] = [];
    spread
      .subscribe('answers.me', { from: 'earliest' })
      .subscribe(({ data }) => answers.push((data as ResultReply).answer));
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const kept = new Set<string>();
    for (const key of keys) {
      const request = { params: { key }, requestId: key, callbackTopic: 'answers.me' };
      const { duplicate } = await spread.publish('numbers.get', request, { id: 'the same', key });
      if (!duplicate) kept.add(key);
    }
    expect(kept).property('size').above(1);
    await eventually(() => expect(answers).have.members([...kept]));
  });

  it('gives the usual time to a request whose header says none', async () => {
    const run = () => work(20).then(() => 1);
    await using serving = running({ 'numbers.get': endpoint({ params: Anything, run }) });
    const headers = { 'sluice-reply-to': 'answers.me', 'sluice-expires-at': 'soon' };
    await bus.publish('numbers.get', {}, { headers });
    await eventually(() => expect(serving.metrics().endpoints['numbers.get']).include({ answered: 1 }));
  });

  it('says how it is though what it stands on does not', async () => {
    const upstream = () => {
      throw new Error('no connection');
    };
    await using serving = running({ 'numbers.get': endpoint({ params: Anything, run: () => 1 }) }, { upstream });
    const { status, reasons } = await serving.health();
    expect(status).equal('degraded');
    expect(reasons).deep.equal(['what the service stands on could not be asked: no connection']);
  });
});
