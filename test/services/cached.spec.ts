import { expect } from 'chai';
import { Observable } from 'rxjs';
import { z } from 'zod';
import { type Bus, PermanentError } from '../../src/index.ts';
import {
  EndpointError,
  type EndpointMetrics,
  endpoint,
  pagedEndpoint,
  type Reply,
  type ResultReply,
  type ServiceClient,
  type ServicePort,
  type ServiceRequestOptions,
  service,
  serviceClient,
} from '../../src/services/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';

const Named = z.strictObject({ name: z.string(), to: z.int().default(3), also: z.string().optional() });

class NoSuchError extends PermanentError {
  constructor(message: string) {
    super(message, {}, 'NO_SUCH');
  }
}

const KEPT = {
  ttlMs: 60_000,
  staleIfErrorMs: 60_000,
  negativeMs: 60_000,
  negative: { NO_SUCH: (message: string) => new NoSuchError(message) },
};

describe('answers from a cache', () => {
  onEachStore((world) => {
    let runs: string[];
    let fails: Error | undefined;
    let aborted: string[];
    let held: (() => void)[];

    const endpoints = {
      'names.one': endpoint({
        params: Named,
        cache: KEPT,
        run: async ({ name }) => {
          runs.push(name);
          if (fails) throw fails;
          return { name, run: runs.length };
        },
      }),
      'names.many': pagedEndpoint({
        params: Named,
        pageItems: 2,
        cache: KEPT,
        run: async function* ({ name, to }, { warn }) {
          runs.push(name);
          warn({ code: 'ODD', message: name });
          for (let i = 0; i < to; i += 1) yield `${name}${i}`;
        },
      }),
      'names.kept-not': endpoint({ params: Named, run: () => runs.push('kept-not') }),
      'names.held': endpoint({
        params: Named,
        cache: KEPT,
        run: ({ name }, { signal, progress }) =>
          new Observable<string>((subscriber) => {
            runs.push(name);
            signal.addEventListener('abort', () => aborted.push(name));
            held.push(() => {
              progress(1, 1);
              subscriber.next(name);
              subscriber.complete();
            });
          }),
      }),
    };
    let asking: Bus;
    let client: ServiceClient<typeof endpoints>;
    let metrics: () => EndpointMetrics | undefined;
    const stops: (() => Promise<unknown>)[] = [];

    beforeEach(async () => {
      [runs, fails, aborted, held] = [[], undefined, [], []];
      asking = await world.connect();
      client = serviceClient<typeof endpoints>(asking);
      for (let i = 0; i < 2; i += 1) {
        const bus = await world.connect();
        const running = service(bus, {
          name: 'names',
          endpoints,
          notify: () => undefined,
          cache: bus.cache({ name: 'names', maxEntryBytes: 10_000 }),
        });
        stops.push(() => running.stop({ deadlineMs: 0 }));
        if (i === 0) metrics = () => running.metrics().endpoints['names.held'];
      }
    });
    afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())));

    const result = (
      topic: 'names.one' | 'names.many',
      params: z.input<typeof Named>,
      options?: ServiceRequestOptions,
    ) =>
      new Promise<ResultReply<unknown>>((resolve, reject) =>
        client.request$(topic, params, options).subscribe({
          next: (reply) => reply.kind === 'result' && resolve(reply),
          error: reject,
        }),
      );

    /** A cache counts in ms. */
    const older = () => {
      const now = Date.now();
      return eventually(() => Date.now() - now >= 5, { everyMs: 1 });
    };

    it('are the same for the same parameters, whichever instance answers, and say so', async () => {
      const first = await result('names.one', { name: 'a' });
      expect(first).not.property('cached');
      for (let i = 0; i < 5; i += 1) {
        const again = await result('names.one', { name: 'a', to: 3 });
        expect(again.answer).deep.equal({ name: 'a', run: 1 });
        expect(again.cached).include({ state: 'hit' });
      }
      expect(runs).deep.equal(['a']);
      expect((await result('names.one', { name: 'b' })).answer).deep.equal({ name: 'b', run: 2 });
    });

    it('come with their warnings, in pages', async () => {
      const wanted = { items: ['a0', 'a1', 'a2'], warnings: [{ code: 'ODD', message: 'a' }] };
      expect(await client.request('names.many', { name: 'a' })).deep.equal(wanted);
      const { cached, ...again } = await client.request('names.many', { name: 'a' });
      expect(again).deep.equal(wanted);
      expect(cached?.state).equal('hit');
      expect(runs).deep.equal(['a']);
    });

    it('say so though they have no items', async () => {
      await client.request('names.many', { name: 'a', to: 0 });
      expect((await client.request('names.many', { name: 'a', to: 0 })).cached?.state).equal('hit');
    });

    it('say so to callers of bus.request', async () => {
      await asking.request('names.many', { name: 'a' });
      expect(await asking.request('names.many', { name: 'a' })).nested.include({ 'cached.state': 'hit' });
    });

    it('are no older than the request wants, and what is fetched for it is kept for others', async () => {
      await stops.pop()?.();
      await result('names.one', { name: 'a' });
      await older();
      expect((await result('names.one', { name: 'a' }, { cacheTtlMs: 0 })).answer).deep.equal({ name: 'a', run: 2 });
      expect((await result('names.one', { name: 'a' }, { cacheTtlMs: 60_000 })).answer).deep.equal({
        name: 'a',
        run: 2,
      });
    });

    it('are stale, and say why, when the endpoint fails', async () => {
      await result('names.one', { name: 'a' });
      fails = new EndpointError('DOWN', 'it is down', { retryable: true });
      await older();
      const { answer, cached } = await result('names.one', { name: 'a' }, { cacheTtlMs: 1 });
      expect(answer).deep.equal({ name: 'a', run: 1 });
      expect(cached).include({ state: 'stale', upstream: 'DOWN' });
      expect(await errorOf(() => result('names.one', { name: 'b' }))).include({ code: 'DOWN', retryable: true });
    });

    it('are errors only where they are named: the others are asked for again', async () => {
      fails = new NoSuchError('no such name');
      for (let i = 0; i < 3; i += 1) {
        expect(await errorOf(() => result('names.one', { name: 'a' }))).include({
          code: 'NO_SUCH',
          message: 'no such name',
        });
      }
      expect(runs).deep.equal(['a']);
      fails = new Error('broken');
      for (let i = 0; i < 2; i += 1) {
        expect(await errorOf(() => result('names.one', { name: 'b' }))).include({ code: 'INTERNAL' });
      }
      expect(runs).deep.equal(['a', 'b', 'b']);
    });

    it('are fetched once for equal requests at the same time', async () => {
      const answers = Promise.all(Array.from({ length: 50 }, () => client.request('names.held', { name: 'a' })));
      await eventually(() => expect(held).lengthOf(1));
      held[0]?.();
      expect(await answers).deep.equal(Array.from({ length: 50 }, () => 'a'));
      expect(runs).deep.equal(['a']);
    });

    it('are fetched on for the others of an instance, when who began has waited long enough', async () => {
      await stops.pop()?.();
      const told: string[] = [];
      const hasty = asking
        .subscribe('answers.hasty', { from: 'earliest' })
        .subscribe(({ data }) => told.push((data as Reply).kind));
      const request = { params: { name: 'a' }, callbackTopic: 'answers.hasty', timeoutMs: 100 };
      await asking.publish('names.held', request);
      await eventually(() => expect(held).lengthOf(1));
      const patient = client.request('names.held', { name: 'a' });
      await eventually(() => expect(told).deep.equal(['error']));
      await eventually(() => expect(metrics()).include({ requests: 2, running: 1 }));
      expect(aborted).deep.equal([]);
      held[0]?.();
      expect(await patient).equal('a');
      expect(runs).deep.equal(['a']);
      expect(told, 'nothing behind the end').deep.equal(['error']);
      hasty.unsubscribe();
    });

    it('are fetched no longer when nobody waits', async () => {
      await errorOf(() => client.request('names.held', { name: 'a' }, { timeoutMs: 50 }));
      await eventually(() => expect(aborted).deep.equal(['a']));
    });

    it('pass through, page by page, where they are too large to be kept', async () => {
      for (let i = 1; i <= 2; i += 1) {
        const { items, cached } = await client.request('names.many', { name: 'x', to: 1_500 });
        expect(items).lengthOf(1_500);
        expect(items[1_499]).equal('x1499');
        expect(cached).equal(undefined);
        expect(runs).lengthOf(i);
      }
    });

    it('are asked for no faster than they can be sent, where they are too large to be kept', async () => {
      await Promise.all(stops.splice(0).map((stop) => stop()));
      const bus = await world.connect();
      let given = 0;
      let sent = 0;
      let release: () => void = () => undefined;
      const full = new Promise<void>((resolve) => {
        release = resolve;
      });
      const port: ServicePort = {
        from: (pattern, options) => bus.from(pattern, options),
        health: () => bus.health(),
        publish: async (topic, data, options) => {
          sent += 1;
          if (sent > 20) await full;
          return bus.publish(topic, data, options);
        },
      };
      const large = pagedEndpoint({
        params: Named,
        pageItems: 50,
        cache: KEPT,
        run: async function* () {
          for (; given < 100_000; given += 1) yield 'x'.repeat(1_000);
        },
      });
      const cache = bus.cache({ name: 'large', maxEntryBytes: 10_000 });
      const running = service(port, {
        name: 'names',
        endpoints: { 'names.large': large },
        cache,
        notify: () => undefined,
      });
      await asking.publish('names.large', { params: { name: 'x' }, callbackTopic: 'answers.me' });
      await eventually(() => expect(sent).equal(21));
      expect(given).within(1_000, 1_500);
      await running.stop({ deadlineMs: 0 });
      release();
    });

    it('are asked for each time, of an endpoint that keeps none', async () => {
      for (let i = 1; i <= 2; i += 1) {
        expect(await client.request('names.kept-not', { name: 'x' }, { cacheTtlMs: 60_000 })).equal(i);
      }
    });
  });
});
