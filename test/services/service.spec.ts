import { expect } from 'chai';
import { EMPTY, of, throwError } from 'rxjs';
import { z } from 'zod';
import type { Bus, RequestFailedError } from '../../src/index.ts';
import {
  EndpointError,
  endpoint,
  type Reply,
  type ResultReply,
  type Service,
  service,
} from '../../src/services/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';

const Quote = z.strictObject({ symbol: z.string(), days: z.int().max(10).default(1) });
const Anything = z.looseObject({});

const ENDPOINTS = {
  'prices.latest': endpoint({
    params: Quote,
    takes: '{ symbol: string, days?: 1 to 10 }',
    run: ({ symbol, days }) => ({ symbol, days, price: 7 }),
  }),
  'prices.promise': endpoint({ params: Anything, run: async () => 'later' }),
  'prices.observable': endpoint({ params: Anything, run: () => of('once') }),
  'prices.nothing': endpoint({ params: Anything, run: () => EMPTY }),
  'prices.twice': endpoint({ params: Anything, run: () => of(1, 2) }),
  'prices.slow': endpoint({
    params: Anything,
    run: (_, { signal }) =>
      new Promise<string>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  }),
  'prices.deaf': endpoint({ params: Anything, run: () => new Promise<string>(() => undefined) }),
  'prices.known': endpoint({
    params: Anything,
    run: () =>
      throwError(
        () => new EndpointError('MARKET_CLOSED', 'it is Sunday', { retryable: true, details: { opens: 'Mon' } }),
      ),
  }),
  'prices.secret': endpoint({
    params: Anything,
    run: (): string => {
      throw new TypeError('postgres://me:hunter2@db refused');
    },
  }),
  'prices.context': endpoint({
    params: Anything,
    run: (_, { requestId, message: { priority, topic }, deadlineMs }) => ({
      requestId,
      priority,
      topic,
      leftMs: deadlineMs - Date.now(),
    }),
  }),
  'prices.unsayable': endpoint({ params: Anything, run: () => ({ price: 5n }) }),
  'prices.telling': endpoint({
    params: Anything,
    run: (_, { progress, warn }) => {
      for (let i = 0; i < 5; i += 1) progress(i, 5);
      for (let i = 0; i < 102; i += 1) warn({ code: 'THIN', message: `nothing of ${i}` });
      return of('told');
    },
  }),
};

describe('service', () => {
  onEachStore((world) => {
    let asking: Bus;
    let prices: Service;
    const notices: string[] = [];
    beforeEach(async () => {
      notices.length = 0;
      asking = await world.connect();
      const notify = ({ code, message }: { code: string; message: string }) => void notices.push(`${code} ${message}`);
      prices = service(await world.connect(), { name: 'prices', endpoints: ENDPOINTS, notify });
    });
    afterEach(() => prices.stop({ deadlineMs: 0 }));

    const failed = async (topic: string, data: unknown = {}, timeoutMs = 5_000) =>
      ((await errorOf(() => asking.request(topic, data, { timeoutMs }))) as RequestFailedError).reply;

    /** What comes to a topic, once the end has. */
    const replies = async (topic: string, count = 1) => {
      const got: Reply[] = [];
      const subscription = asking
        .subscribe(topic, { from: 'earliest' })
        .subscribe(({ data }) => got.push(data as Reply));
      const ends = () => got.filter(({ kind }) => kind === 'result' || kind === 'error').length;
      await eventually(() => ends() >= count);
      subscription.unsubscribe();
      return got;
    };

    describe('through bus.request', () => {
      it('answers parameters with what the endpoint makes of them, as the schema made them', async () => {
        expect(await asking.request('prices.latest', { symbol: 'ETH' })).deep.equal({
          symbol: 'ETH',
          days: 1,
          price: 7,
        });
      });

      it('takes them within a request as well', async () => {
        const answer = await asking.request('prices.latest', { params: { symbol: 'ETH', days: 2 } });
        expect(answer).deep.equal({ symbol: 'ETH', days: 2, price: 7 });
      });

      for (const [name, answer] of Object.entries({ promise: 'later', observable: 'once', nothing: null })) {
        it(`answers ${name}`, async () => expect(await asking.request(`prices.${name}`, {})).equal(answer));
      }

      it('takes null for no parameters', async () => {
        expect(await asking.request('prices.promise', null)).equal('later');
      });

      it('names what was wrong with parameters, and what it takes', async () => {
        const reply = await failed('prices.latest', { symbol: 5, day: 3 });
        expect(reply).include({ name: 'EndpointError', code: 'INVALID_PARAMS', retryable: false });
        expect(reply.message).match(
          /symbol: .*expected string.*"day".*it takes \{ symbol: string, days\?: 1 to 10 \}$/,
        );
        expect(reply.details?.['issues']).deep.include({
          path: 'symbol',
          message: 'Invalid input: expected string, received number',
        });
      });

      it('names the endpoints to whoever asks for one that is not there', async () => {
        const reply = await failed('prices.lates');
        expect(reply).include({ code: 'UNKNOWN_ENDPOINT', retryable: false });
        expect(reply.message).include("service 'prices' has no endpoint 'prices.lates': it has prices.latest, ");
        expect(prices.metrics().unknown).equal(1);
      });

      it('does not take the names of objects for endpoints', async () => {
        expect(await failed('prices.constructor')).include({ code: 'UNKNOWN_ENDPOINT' });
      });

      it('says what is wrong with a request', async () => {
        const reply = await failed('prices.latest', { params: { symbol: 'ETH' }, timeoutMs: -1, callback: 'x' });
        expect(reply.code).equal('BAD_REQUEST');
        expect(reply.message).match(/timeoutMs: .*"callback".*it takes \{ params, callbackTopic\?/);
      });

      it('says that a request has no parameters', async () => {
        const reply = await failed('prices.latest', { symbol: 'ETH', callbackTopic: 'answers.me' });
        expect(reply.code).equal('BAD_REQUEST');
      });

      it('refuses two addresses', async () => {
        const reply = await failed('prices.latest', { params: { symbol: 'ETH' }, callbackTopic: 'answers.me' });
        expect(reply.message).include('callbackTopic: what is sent by bus.request is answered to its caller');
      });

      it('tells what the endpoint throws to be told', async () => {
        const reply = await failed('prices.known');
        expect(reply).deep.include({ code: 'MARKET_CLOSED', message: 'it is Sunday', retryable: true });
        expect(reply.details).deep.equal({ opens: 'Mon' });
      });

      it('tells nothing of what else it throws but the kind; the notices have it', async () => {
        const reply = await failed('prices.secret');
        expect(reply).include({ code: 'INTERNAL', retryable: false });
        expect(reply.message).include('failed (TypeError)');
        expect(JSON.stringify(reply)).not.include('hunter2');
        expect(notices).deep.equal([
          "ENDPOINT_FAILED endpoint 'prices.secret' failed: postgres://me:hunter2@db refused",
        ]);
      });

      it('tells that an Observable answered twice', async () => {
        expect((await failed('prices.twice')).code).equal('HANDLER_ANSWERED_TWICE');
      });

      it("tells of an answer that can't be encoded", async () => {
        expect((await failed('prices.unsayable')).code).equal('ENCODE');
      });

      it('carries the priority, and gives the endpoint what the caller waits for', async () => {
        const answer = await asking.request('prices.context', {}, { priority: 'critical', timeoutMs: 4_000 });
        expect(answer).include({ priority: 'critical', topic: 'prices.context' });
        expect((answer as { leftMs: number }).leftMs).within(1_000, 4_000);
      });
    });

    describe('through a callbackTopic', () => {
      const ask = (topic: string, request: object, priority: 'high' | 'normal' = 'normal') =>
        asking.publish(topic, { callbackTopic: 'answers.me', ...request }, { priority });

      it('answers with a message that says which request it is of, in the same tier', async () => {
        const seen = new Promise<string>((resolve) =>
          asking.subscribe('answers.me', { from: 'earliest' }).subscribe(({ priority }) => resolve(priority)),
        );
        await ask('prices.latest', { params: { symbol: 'ETH' }, requestId: 'mine' }, 'high');
        expect(await replies('answers.me')).deep.equal([
          {
            requestId: 'mine',
            topic: 'prices.latest',
            kind: 'result',
            answer: { symbol: 'ETH', days: 1, price: 7 },
            paged: false,
            pages: 0,
            items: 0,
            after: '',
            warnings: [],
          },
        ]);
        expect(await seen).equal('high');
      });

      it('goes by the id of the message where the request has none', async () => {
        const { id } = await ask('prices.promise', { params: {} });
        expect((await replies('answers.me'))[0]).include({ requestId: id });
      });

      it('answers errors', async () => {
        await ask('prices.latest', { params: {}, requestId: 'mine' });
        const [reply] = await replies('answers.me');
        expect(reply).include({ requestId: 'mine', kind: 'error' });
        expect(reply).nested.include({ 'error.code': 'INVALID_PARAMS' });
      });

      it('answers what is wrong with the request itself, under its id', async () => {
        await ask('prices.latest', { params: {}, requestId: 'mine', priority: 'high' });
        const [reply] = await replies('answers.me');
        expect(reply).include({ requestId: 'mine', kind: 'error' });
        expect(reply).nested.include({ 'error.code': 'BAD_REQUEST' });
      });

      it('answers that the parameters are missing: what has an address is a request', async () => {
        await ask('prices.latest', {});
        const [reply] = await replies('answers.me');
        expect(reply).nested.include({ 'error.code': 'BAD_REQUEST' });
        expect(reply).nested.property('error.message').include('params: they are missing');
      });

      it('tells progress, at most one a second, and what could not be had', async () => {
        await ask('prices.telling', { params: {} });
        const [first, second, ...rest] = await replies('answers.me');
        expect(first).include({ kind: 'progress', done: 0, total: 5 });
        expect(second).include({ kind: 'result', answer: 'told' });
        expect(rest).deep.equal([]);
        const { warnings } = second as ResultReply;
        expect(warnings).lengthOf(101);
        expect(warnings[0]).deep.equal({ code: 'THIN', message: 'nothing of 0' });
        expect(warnings[100]).deep.equal({ code: 'MORE_WARNINGS', message: '2 more are left out' });
      });

      it('does not run a request whose deadline has passed, and says so', async () => {
        await ask('prices.latest', { params: { symbol: 'ETH' }, deadline: Date.now() - 1 });
        const [reply] = await replies('answers.me');
        expect(reply).nested.include({ 'error.code': 'DEADLINE_EXCEEDED', 'error.retryable': true });
        expect(prices.metrics().endpoints['prices.latest']).deep.include({ failed: { DEADLINE_EXCEEDED: 1 } });
      });

      for (const name of ['slow', 'deaf']) {
        it(`stops one that is ${name} at its deadline`, async () => {
          await ask(`prices.${name}`, { params: {}, timeoutMs: 30 });
          expect((await replies('answers.me'))[0]).nested.include({ 'error.code': 'DEADLINE_EXCEEDED' });
          expect(prices.metrics().running).equal(0);
        });
      }

      for (const callbackTopic of ['answers.*', 7, 'prices.latest']) {
        it(`makes a dead letter of a request that is to be answered to ${callbackTopic}`, async () => {
          await asking.publish('prices.latest', { params: { symbol: 'ETH' }, callbackTopic });
          await eventually(async () => expect(await asking.deadLetters()).lengthOf(1));
          expect((await asking.deadLetters())[0]?.error.message).include("can't be answered to its callbackTopic");
        });
      }
    });

    it('runs a request that nobody waits for, and passes over other topics below its name', async () => {
      await asking.publish('prices.latest', { symbol: 'ETH' });
      await asking.publish('prices.latest.update', { price: 8 });
      await eventually(() => expect(prices.metrics().endpoints['prices.latest']?.answered).equal(1));
      await eventually(() => expect(prices.metrics().unknown).equal(1));
      await eventually(async () => expect((await asking.stats()).groups[0]).include({ pending: 0, lag: 0 }));
      expect(await asking.deadLetters()).deep.equal([]);
    });

    it('counts what it did', async () => {
      await asking.request('prices.latest', { symbol: 'ETH' });
      await failed('prices.latest');
      const {
        requests,
        answered,
        failed: failures,
        longestMs,
        totalMs,
      } = prices.metrics().endpoints['prices.latest'] ?? expect.fail();
      expect({ requests, answered, failures }).deep.equal({
        requests: 2,
        answered: 1,
        failures: { INVALID_PARAMS: 1 },
      });
      expect(totalMs).at.least(longestMs);
    });

    it('is healthy while it runs; degraded when half of its requests fail by its own fault; unhealthy when stopped', async () => {
      await asking.request('prices.latest', { symbol: 'ETH' });
      const healthy = await prices.health();
      expect(healthy).include({ status: 'healthy', state: 'running', restarts: 0, errorRate: 0 });
      expect(healthy.queue?.instances).equal(1);
      await failed('prices.latest');
      expect((await prices.health()).errorRate).equal(0);
      for (let i = 0; i < 3; i += 1) await failed('prices.secret');
      const degraded = await prices.health();
      expect(degraded).include({ status: 'degraded', errorRate: 3 / 5 });
      expect(degraded.reasons).deep.equal(['60 % of the last requests failed']);
      await prices.stop();
      expect(await prices.health()).include({ status: 'unhealthy', state: 'stopped' });
    });
  });
});
