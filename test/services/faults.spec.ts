import { expect } from 'chai';
import { Observable, throwError } from 'rxjs';
import { z } from 'zod';
import { type Bus, type Notice, type RequestFailedError, StoreUnavailableError } from '../../src/index.ts';
import {
  endpoint,
  type PageReply,
  pagedEndpoint,
  type Reply,
  type ServicePort,
  service,
  serviceClient,
} from '../../src/services/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';

const Anything = z.looseObject({});

/** A bus whose publishing can be broken: the message gets there, and whoever sent it does not learn of it. */
function forgetful(bus: Bus, forgets: (data: unknown) => boolean): ServicePort {
  return {
    from: (pattern, options) => bus.from(pattern, options),
    health: (options) => bus.health(options),
    publish: async (topic, data, options) => {
      const receipt = await bus.publish(topic, data, options);
      if (forgets(data)) throw new StoreUnavailableError('cut off behind the message');
      return receipt;
    },
  };
}

describe('service, when something fails', () => {
  onEachStore((world) => {
    let asking: Bus;
    let bus: Bus;
    beforeEach(async () => {
      [asking, bus] = [
        await world.connect(),
        await world.connect({ consume: { backoff: { initialMs: 1, maxMs: 1 } } }),
      ];
    });

    const everything = async (topic: string, until: (replies: readonly Reply[]) => void) => {
      const got: Reply[] = [];
      const subscription = asking
        .subscribe(topic, { from: 'earliest' })
        .subscribe(({ data }) => got.push(data as Reply));
      await eventually(() => until(got));
      subscription.unsubscribe();
      return got;
    };

    const settled = () =>
      eventually(async () => expect((await asking.stats()).groups[0]).include({ pending: 0, lag: 0 }));

    it('answers once though it runs again, since it did not learn that it had answered', async () => {
      let runs = 0;
      let left = 1;
      const port = forgetful(bus, (data) => (data as Reply).kind === 'result' && left-- > 0);
      const endpoints = { 'numbers.run': endpoint({ params: Anything, run: () => ++runs }) };
      await using _running = service(port, { name: 'numbers', endpoints });
      await asking.publish('numbers.run', { params: {}, callbackTopic: 'answers.me' });
      await eventually(() => expect(runs).equal(2));
      await settled();
      const replies = await everything('answers.me', (got) => expect(got).not.empty);
      expect(replies.map((reply) => reply.kind === 'result' && reply.answer)).deep.equal([1]);
    });

    it('tells one end, though it fails where it had answered before', async () => {
      let runs = 0;
      const port = forgetful(bus, (data) => (data as Reply).kind === 'result');
      const run = () => {
        if (++runs > 1) throw new Error('only once');
        return 'first';
      };
      const endpoints = { 'numbers.run': endpoint({ params: Anything, run }) };
      await using _running = service(port, { name: 'numbers', endpoints, notify: () => undefined });
      await asking.publish('numbers.run', { params: {}, callbackTopic: 'answers.me' });
      await settled();
      const replies = await everything('answers.me', (got) => expect(got).not.empty);
      expect(replies.map(({ kind }) => kind)).deep.equal(['result']);
    });

    it('keeps requests apart that a producer gave one id, on two topics', async () => {
      const endpoints = {
        'numbers.one': endpoint({ params: Anything, run: () => 1 }),
        'numbers.two': endpoint({ params: Anything, run: () => 2 }),
      };
      await using _running = service(bus, { name: 'numbers', endpoints });
      for (const topic of Object.keys(endpoints)) {
        await asking.publish(topic, { params: {}, callbackTopic: 'answers.me' }, { id: 'the same' });
      }
      const replies = await everything('answers.me', (got) => expect(got).lengthOf(2));
      expect(replies.map((reply) => reply.kind === 'result' && reply.answer)).have.members([1, 2]);
    });

    const paged = (itemsOf: (run: number) => readonly number[]) => {
      let runs = 0;
      return {
        'numbers.pages': pagedEndpoint({ params: Anything, pageItems: 2, run: () => itemsOf(++runs) }),
      };
    };

    const cutOffAt = (sequence: number) => {
      let left = 1;
      return forgetful(bus, (data) => (data as PageReply).sequence === sequence && left-- > 0);
    };

    it('sends no page twice when it begins again in the middle', async () => {
      const endpoints = paged(() => [1, 2, 3, 4, 5]);
      await using _running = service(cutOffAt(1), { name: 'numbers', endpoints });
      expect(await serviceClient<typeof endpoints>(asking).request('numbers.pages', {})).deep.equal({
        items: [1, 2, 3, 4, 5],
        warnings: [],
      });
    });

    it('keeps the order of replies, whatever the partitions of their stream', async () => {
      const spread = await world.connect({ streams: { answers: { patterns: ['answers.*'], partitions: 5 } } });
      const endpoints = paged(() => Array.from({ length: 40 }, (_, i) => i));
      await using _running = service(spread, { name: 'numbers', endpoints });
      await spread.publish('numbers.pages', { params: {}, callbackTopic: 'answers.me' });
      await eventually(async () => expect((await spread.stats()).groups[0]).include({ pending: 0, lag: 0 }));
      const { partitions } = await spread.stats('answers');
      expect(partitions.map(({ lanes }) => lanes.normal.length).filter((length) => length > 0)).deep.equal([21]);
    });

    for (const [title, second] of [
      ['in what was sent', [1, 9, 3, 4, 5]],
      ['to fewer', [1, 2]],
    ] as const) {
      it(`never joins two answers: the data changed meanwhile, ${title}`, async () => {
        const endpoints = paged((run) => (run === 1 ? [1, 2, 3, 4, 5] : second));
        await using _running = service(cutOffAt(1), { name: 'numbers', endpoints });
        const error = await errorOf(() => serviceClient<typeof endpoints>(asking).request('numbers.pages', {}));
        expect(error).include({ code: 'ANSWER_CHANGED', retryable: true });
      });
    }

    it('says that a message would be too large for the bus', async () => {
      const large = 'x'.repeat(2 * 1024 ** 2);
      const endpoints = {
        'numbers.large': endpoint({ params: Anything, run: () => large }),
        'numbers.pages': pagedEndpoint({ params: Anything, run: () => ['small', large] }),
      };
      await using _running = service(bus, { name: 'numbers', endpoints });
      const client = serviceClient<typeof endpoints>(asking);
      for (const topic of ['numbers.large', 'numbers.pages'] as const) {
        expect(await errorOf(() => client.request(topic, {}))).include({ code: 'PAYLOAD_TOO_LARGE', retryable: false });
      }
      const { reply } = (await errorOf(() => asking.request('numbers.large', {}))) as RequestFailedError;
      expect(reply.code).equal('PAYLOAD_TOO_LARGE');
    });

    it('leaves what it could not finish to another instance, at the deadline of its stop', async () => {
      const began: string[] = [];
      const aborted: string[] = [];
      const endpointsOf = (name: string, answers: boolean) => ({
        'numbers.run': endpoint({
          params: Anything,
          run: (_, { signal }) => {
            began.push(name);
            signal.addEventListener('abort', () => aborted.push(name));
            return answers ? name : new Promise<string>(() => undefined);
          },
        }),
      });
      const first = service(bus, { name: 'numbers', endpoints: endpointsOf('first', false), notify: () => undefined });
      const answer = asking.request('numbers.run', {});
      await eventually(() => expect(began).deep.equal(['first']));
      await first.stop({ deadlineMs: 1 });
      expect(aborted).deep.equal(['first']);
      await eventually(() => expect(first.metrics().endpoints['numbers.run']).include({ givenBack: 1, running: 0 }));
      await using _second = service(asking, { name: 'numbers', endpoints: endpointsOf('second', true) });
      expect(await answer).equal('second');
    });

    it('lets what runs finish when it stops', async () => {
      let finish: (answer: string) => void = () => undefined;
      const endpoints = {
        'numbers.run': endpoint({ params: Anything, run: () => new Promise<string>((resolve) => (finish = resolve)) }),
      };
      const running = service(bus, { name: 'numbers', endpoints });
      const answer = asking.request('numbers.run', {});
      await eventually(() => expect(running.metrics().running).equal(1));
      const stopping = running.stop();
      finish('done');
      expect([await answer, (await stopping).drained]).deep.equal(['done', true]);
    });

    it('takes no more requests than can run, and the most urgent first', async () => {
      const began: unknown[] = [];
      const finish: (() => void)[] = [];
      const run = ({ n }: Record<string, unknown>) => {
        began.push(n);
        return new Promise<null>((resolve) => finish.push(() => resolve(null)));
      };
      const endpoints = { 'numbers.run': endpoint({ params: Anything, run }) };
      await using running = service(bus, { name: 'numbers', endpoints, concurrency: 1 });
      await asking.publish('numbers.run', { n: 'first' }, { priority: 'low' });
      await eventually(() => expect(began).deep.equal(['first']));
      for (const priority of ['low', 'normal', 'high', 'critical'] as const) {
        for (let i = 0; i < 2; i += 1) await asking.publish('numbers.run', { n: `${priority}${i}` }, { priority });
      }
      await eventually(async () => expect((await running.health()).queue?.pending).equal(4));
      for (let i = 0; i < 9; i += 1) {
        await eventually(() => expect(finish).lengthOf(i + 1));
        finish[i]?.();
      }
      // When one ends, the next of its tier is still with the store, and the most urgent of those that wait here goes first.
      expect(began[1]).equal('critical0');
      expect(began.slice(1, 5)).have.members(['critical0', 'critical1', 'high0', 'high1']);
      expect(began).lengthOf(9);
    });

    it('starts again when its source fails, and says so', async () => {
      let failures = 1;
      const notices: Notice[] = [];
      const port: ServicePort = {
        publish: (topic, data, options) => bus.publish(topic, data, options),
        health: () => bus.health(),
        from: (pattern, options) => {
          const source = bus.from(pattern, options);
          return new Observable((subscriber) =>
            (failures-- > 0 ? throwError(() => new Error('the source broke')) : source).subscribe(subscriber),
          );
        },
      };
      const endpoints = { 'numbers.run': endpoint({ params: Anything, run: () => 'again' }) };
      await using running = service(port, {
        name: 'numbers',
        endpoints,
        restart: { initialMs: 1 },
        notify: (notice) => notices.push(notice),
      });
      expect(await asking.request('numbers.run', {})).equal('again');
      expect(notices.map(({ code }) => code)).deep.equal(['PIPELINE_RESTART']);
      expect(await running.health()).include({ status: 'healthy', restarts: 1 });
    });

    it('starts requests no faster than a limit that all instances share', async () => {
      const limit = () => bus.rateLimit('numbers', { rate: 0.01, burst: 3 });
      const endpoints = { 'numbers.run': endpoint({ params: Anything, run: () => 1 }) };
      const quiet = { credit: 100, notify: () => undefined };
      await using one = service(bus, { name: 'numbers', endpoints, limit: limit(), ...quiet });
      await using two = service(asking, { name: 'numbers', endpoints, limit: limit(), ...quiet });
      for (let i = 0; i < 10; i += 1) await asking.publish('numbers.run', {});
      const begun = () =>
        [one, two].reduce((sum, each) => sum + (each.metrics().endpoints['numbers.run']?.requests ?? 0), 0);
      await eventually(async () => expect((await asking.stats()).groups[0]?.lag).equal(0));
      await eventually(() => expect(begun()).equal(3));
      await Promise.all([one, two].map((each) => each.stop({ deadlineMs: 0 })));
      expect(begun()).equal(3);
    });
  });

  for (const [title, options, says] of [
    ['no endpoints', { name: 'numbers', endpoints: {} }, 'endpoints'],
    ['one of another name', { name: 'numbers', endpoints: { 'other.run': run() } }, "begin with 'numbers.'"],
    ['what is no endpoint', { name: 'numbers', endpoints: { 'numbers.run': { run } } }, 'endpoint(…)'],
    ['nothing for an endpoint', { name: 'numbers', endpoints: { 'numbers.run': null } }, 'endpoint(…)'],
    ['a name that is no topic', { name: 'num*', endpoints: { 'num*.run': run() } }, 'wildcard'],
    ['no timeout', { name: 'numbers', endpoints: { 'numbers.run': run() }, timeoutMs: 0 }, 'timeoutMs'],
    ['pages of nothing', { name: 'numbers', endpoints: { 'numbers.run': run() }, pageBytes: 0 }, 'pageBytes'],
  ] as const) {
    it(`is refused with ${title}`, () => {
      expect(() => service({} as ServicePort, options as never)).throw(says);
    });
  }

  it('is refused with a schema that is none, and a run that is none', () => {
    expect(() => endpoint({ params: {} as never, run: () => 1 })).throw('Standard Schema');
    expect(() => endpoint({ params: Anything, run: 1 as never })).throw('run');
    expect(() => pagedEndpoint({ params: Anything, run: () => [], pageItems: 0 })).throw('pageItems');
  });
});

function run() {
  return endpoint({ params: Anything, run: () => 1 });
}
