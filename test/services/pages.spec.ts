import { expect } from 'chai';
import { interval, map, NEVER, range, take } from 'rxjs';
import { z } from 'zod';
import type { Bus, RequestFailedError } from '../../src/index.ts';
import {
  endpoint,
  type PageReply,
  pagedEndpoint,
  type ReplyOf,
  type Service,
  type ServiceClient,
  service,
  serviceClient,
} from '../../src/services/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf, expectComplaint } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';

const Count = z.strictObject({ to: z.int().min(0), text: z.string().optional() });

let closed = 0;
let given = 0;

async function* numbers(to: number, text?: string) {
  try {
    for (let i = 0; i < to; i += 1) {
      given += 1;
      yield text === undefined ? i : `${text}${i}`;
    }
  } finally {
    closed += 1;
  }
}

const ENDPOINTS = {
  'numbers.count': pagedEndpoint({ params: Count, pageItems: 10, run: ({ to, text }) => numbers(to, text) }),
  'numbers.list': pagedEndpoint({ params: Count, run: ({ to }) => Array.from({ length: to }, (_, i) => i) }),
  'numbers.pushed': pagedEndpoint({ params: Count, run: ({ to }) => range(0, to) }),
  'numbers.ticks': pagedEndpoint({ params: Count, pageItems: 1, run: ({ to }) => interval(1).pipe(take(to)) }),
  'numbers.endless': pagedEndpoint({ params: Count, run: () => NEVER }),
  'numbers.breaking': pagedEndpoint({
    params: Count,
    pageItems: 2,
    run: ({ to }, { warn }) =>
      range(0, to).pipe(
        map((i) => {
          if (i === 3) throw new RangeError('three');
          warn({ code: 'ODD', message: `${i}` });
          return i;
        }),
      ),
  }),
  'numbers.double': endpoint({ params: Count, run: ({ to }) => 2 * to }),
};

type Numbers = typeof ENDPOINTS;

describe('answers in pages', () => {
  onEachStore((world) => {
    let asking: Bus;
    let answering: Bus;
    let serving: Service<Numbers>;
    let client: ServiceClient<Numbers>;
    beforeEach(async () => {
      closed = 0;
      given = 0;
      [asking, answering] = [await world.connect(), await world.connect()];
      serving = service(answering, {
        name: 'numbers',
        endpoints: ENDPOINTS,
        pageBytes: 1_000,
        totalBytes: 100_000,
        answerBytes: 2_000,
        notify,
      });
      client = serviceClient<Numbers>(asking);
    });
    afterEach(() => serving.stop({ deadlineMs: 0 }));
    const notify = () => undefined;

    /** The sizes of pages, and the end. */
    const log = (topic: 'numbers.count' | 'numbers.ticks', params: z.input<typeof Count>) =>
      new Promise<unknown[]>((resolve, reject) => {
        const got: unknown[] = [];
        client.request$(topic, params).subscribe({
          next: (reply: ReplyOf<Numbers['numbers.count']>) =>
            got.push(reply.kind === 'page' ? reply.items.length : reply.kind),
          error: reject,
          complete: () => resolve(got),
        });
      });

    it('come in order, then the result', async () => {
      expect(await log('numbers.count', { to: 25 })).deep.equal([10, 10, 5, 'result']);
      expect(await log('numbers.count', { to: 20 })).deep.equal([10, 10, 'result']);
      expect(await log('numbers.count', { to: 0 })).deep.equal(['result']);
    });

    it('have no more bytes than they may, an item that is larger alone', async () => {
      expect(await log('numbers.count', { to: 7, text: 'x'.repeat(300) })).deep.equal([3, 3, 1, 'result']);
      expect(await log('numbers.count', { to: 2, text: 'x'.repeat(2_000) })).deep.equal([1, 1, 'result']);
      expect(await log('numbers.count', { to: 4, text: 'é'.repeat(300) })).deep.equal([1, 1, 1, 1, 'result']);
    });

    it('come as they are, before the answer is complete', async () => {
      const pages: PageReply<number>[] = [];
      const subscription = client.request$('numbers.ticks', { to: 1e9 }).subscribe((reply) => {
        if (reply.kind === 'page') pages.push(reply);
      });
      await eventually(() => expect(pages.length).above(5));
      subscription.unsubscribe();
      expect(pages.slice(0, 3).map(({ sequence, items }) => [sequence, ...items])).deep.equal([
        [0, 0],
        [1, 1],
        [2, 2],
      ]);
    });

    it('are gathered by `request`', async () => {
      expect(await client.request('numbers.count', { to: 25 })).deep.equal({
        items: Array.from({ length: 25 }, (_, i) => i),
        warnings: [],
      });
      expect(await client.request('numbers.double', { to: 4 })).equal(8);
    });

    it('may come of any iterable or Observable', async () => {
      for (const topic of ['numbers.list', 'numbers.pushed'] as const) {
        expect((await client.request(topic, { to: 1_200 })).items).deep.equal(
          Array.from({ length: 1_200 }, (_, i) => i),
        );
      }
    });

    it('fail where an Observable runs away from what is sent', async () => {
      const error = await errorOf(() => client.request('numbers.pushed', { to: 1_000_000 }));
      expectComplaint(error, { type: 'EndpointError', code: 'BUFFER_OVERFLOW', says: '10000 items ahead' });
    });

    it('are followed by the error, if it comes in the middle', async () => {
      const got: unknown[] = [];
      const error = await errorOf(
        () =>
          new Promise((_resolve, reject) =>
            client
              .request$('numbers.breaking', { to: 5 })
              .subscribe({ next: (reply) => got.push(reply.kind), error: reject }),
          ),
      );
      expect(error).include({ code: 'INTERNAL' });
      expect(got).deep.equal(['page']);
    });

    it('bring along what could not be had', async () => {
      expect(await client.request('numbers.breaking', { to: 2 })).deep.equal({
        items: [0, 1],
        warnings: [
          { code: 'ODD', message: '0' },
          { code: 'ODD', message: '1' },
        ],
      });
    });

    it('come all at once to a caller of bus.request, if they fit', async () => {
      expect(await asking.request('numbers.count', { to: 25 })).deep.equal({
        items: Array.from({ length: 25 }, (_, i) => i),
        warnings: [],
      });
      const error = await errorOf(() => asking.request('numbers.count', { to: 500, text: 'number ' }));
      const { reply } = error as RequestFailedError;
      expect(reply).include({ code: 'ANSWER_TOO_LARGE', retryable: false });
      expect(reply.message).include('more than 2000 bytes, too many for one message: ask for less, or for pages');
      expect(given, 'no more is asked for than can be sent').below(500);
      await eventually(() => expect(closed).equal(2));
    });

    it('have no more bytes altogether than they may', async () => {
      const sent = () => serving.metrics().endpoints['numbers.count'];
      const error = await errorOf(() => client.request('numbers.count', { to: 500, text: 'x'.repeat(300) }));
      expectComplaint(error, { type: 'EndpointError', code: 'ANSWER_TOO_LARGE', says: 'more than 100000 bytes' });
      expect(given).within(300, 340);
      await eventually(() => expect(sent()).deep.include({ failed: { ANSWER_TOO_LARGE: 1 }, running: 0 }));
    });

    it('end what gives them, at the deadline', async () => {
      const error = await errorOf(() => client.request('numbers.endless', { to: 1 }, { timeoutMs: 50 }));
      expect(error).property('code').oneOf(['REQUEST_TIMEOUT', 'DEADLINE_EXCEEDED']);
      await eventually(() =>
        expect(serving.metrics().endpoints['numbers.endless']).deep.include({
          running: 0,
          failed: { DEADLINE_EXCEEDED: 1 },
        }),
      );
    });

    it('are asked for anew by each subscription, and not before', async () => {
      const cold = client.request$('numbers.count', { to: 1 });
      expect(serving.metrics().endpoints['numbers.count']?.requests).equal(0);
      for (let i = 1; i <= 2; i += 1) {
        await new Promise<void>((complete, error) => cold.subscribe({ complete, error }));
        const metrics = () => serving.metrics().endpoints['numbers.count'];
        await eventually(() => expect(metrics()).include({ requests: i, answered: i, items: i, pages: i }));
      }
    });

    it('of many requests at once come each to its own', async () => {
      const wanted = Array.from({ length: 100 }, (_, i) => i);
      const answers = await Promise.all(wanted.map((to) => client.request('numbers.count', { to })));
      expect(answers.map(({ items }) => items.length)).deep.equal(wanted);
    });
  });
});

describe('serviceClient', () => {
  onEachStore((world) => {
    let bus: Bus;
    beforeEach(async () => {
      bus = await world.connect();
    });

    it('says when nobody answered in time', async () => {
      const error = await errorOf(() => serviceClient(bus).request('numbers.count', {}, { timeoutMs: 20 }));
      expectComplaint(error, {
        type: 'RequestTimeoutError',
        code: 'REQUEST_TIMEOUT',
        says: 'not answered within 20 ms',
      });
    });

    it('fails what waits when its bus is closed', async () => {
      const waiting = errorOf(() => serviceClient(bus).request('numbers.count', {}));
      await eventually(async () => expect((await bus.stats()).lanes.normal.length).equal(1));
      await bus.close();
      expect(await waiting).include({ code: 'CLOSED' });
    });

    it('fails the request whose reply is none, and goes on with the others', async () => {
      const asked: { callbackTopic: string; requestId: string }[] = [];
      bus.subscribe('numbers.*', { from: 'earliest' }).subscribe(({ data }) => asked.push(data as (typeof asked)[0]));
      const client = serviceClient(bus);
      const answers = [errorOf(() => client.request('numbers.count', {})), client.request('numbers.count', {})];
      await eventually(() => expect(asked).lengthOf(2));
      const [wrong, right] = asked.map(({ callbackTopic, requestId }) => [callbackTopic, { requestId }] as const);
      if (!wrong || !right) expect.fail();
      for (const reply of [null, 7, 'text', { ...wrong[1], kind: 'error' }]) await bus.publish(wrong[0], reply);
      const result = { kind: 'result', paged: false, pages: 0, items: 0, after: '', answer: 5, warnings: [] };
      await bus.publish(right[0], { ...right[1], ...result });
      expect(await answers[0]).instanceOf(TypeError);
      expect(await answers[1]).equal(5);
    });

    it('passes on what publishing refuses', async () => {
      const error = await errorOf(() => serviceClient(bus).request('numbers.count', { to: 5n }));
      expect(error).include({ code: 'ENCODE' });
    });

    for (const [options, says] of [
      [{ timeoutMs: 0 }, 'timeoutMs'],
      [{ priority: 'urgent' as never }, 'priority'],
    ] as const) {
      it(`refuses ${says} at the call`, () => {
        expect(() => serviceClient(bus).request$('numbers.count', {}, options)).throw(says);
      });
    }
  });
});
