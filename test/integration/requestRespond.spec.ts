import { expect } from 'chai';
import { EMPTY, of, throwError } from 'rxjs';
import { type Bus, PermanentError, type RequestFailedError, type RespondHandler } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf, expectComplaint } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';

const ANSWERS: Readonly<Record<string, RespondHandler>> = {
  'a value': (data) => [data],
  'a Promise': async (data) => [data],
  'an Observable': (data) => of([data]),
};

const NOTHING: Readonly<Record<string, RespondHandler>> = {
  nothing: () => undefined,
  'a Promise of nothing': async () => undefined,
  'an empty Observable': () => EMPTY,
};

const never: RespondHandler = () => new Promise(() => undefined);

const FAILURES: readonly [title: string, handler: RespondHandler, name: string, says: string, code?: string][] = [
  ['throws', () => raise(new RangeError('no such price')), 'RangeError', 'no such price'],
  ['rejects', () => Promise.reject(new RangeError('no such price')), 'RangeError', 'no such price'],
  [
    'errors',
    () => throwError(() => new PermanentError('no such price')),
    'PermanentError',
    'no such price',
    'PERMANENT',
  ],
  ['answers twice', () => of(1, 2), 'HandlerAnsweredTwiceError', 'answered twice', 'HANDLER_ANSWERED_TWICE'],
  ["answers what JSON can't hold", () => 5n, 'EncodeError', 'BigInt', 'ENCODE'],
  ['hangs', never, 'HandlerTimeoutError', 'gave no answer', 'HANDLER_TIMEOUT'],
];

function raise(error: Error): never {
  throw error;
}

describe('request and respond', () => {
  onEachStore((world) => {
    let asking: Bus;
    let answering: Bus;
    beforeEach(async () => {
      [asking, answering] = [await world.connect(), await world.connect()];
    });

    for (const [title, handler] of Object.entries(ANSWERS)) {
      it(`answers with ${title}`, async () => {
        await using _responder = answering.respond('prices.*', handler);
        expect(await asking.request('prices.get', { symbol: 'ETH' })).to.deep.equal([{ symbol: 'ETH' }]);
      });
    }

    for (const [title, handler] of Object.entries(NOTHING)) {
      it(`answers ${title} as null`, async () => {
        await using _responder = answering.respond('prices.*', handler);
        expect(await asking.request('prices.get', 1)).to.equal(null);
      });
    }

    it('gives each of many concurrent requests its own answer', async () => {
      await using _one = answering.respond('prices.*', async (data) => ({ double: 2 * (data as number) }));
      await using _two = asking.respond('prices.*', (data) => ({ double: 2 * (data as number) }));
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => asking.request('prices.get', i)));
      expect(answers).to.deep.equal(Array.from({ length: 100 }, (_, i) => ({ double: 2 * i })));
      // The other bus may not have told the store yet.
      await eventually(async () => expect((await asking.stats()).groups[0]).to.include({ pending: 0, lag: 0 }));
    });

    for (const [title, handler, name, says, code] of FAILURES) {
      it(`tells the requester that the handler ${title}; nothing is tried again or dead-lettered`, async () => {
        await using _responder = answering.respond('prices.*', handler, { timeoutMs: 50 });
        const error = await errorOf(() => asking.request('prices.get', 1));
        const complaint = { type: 'RequestFailedError', code: 'REQUEST_FAILED' };
        expectComplaint(error, { ...complaint, says: "the request on 'prices.get' failed where it was handled: " });
        const { reply } = error as RequestFailedError;
        expect([reply.name, reply.code]).to.deep.equal([name, code]);
        expect(reply.message).to.include(says);
        await eventually(async () => (await answering.stats()).groups[0]?.pending === 0);
        expect(await answering.deadLetters()).to.deep.equal([]);
      });
    }

    it('says in time that nobody answered; the request is passed over by who comes later', async () => {
      const handled: unknown[] = [];
      const error = await errorOf(() => asking.request('prices.get', 'late', { timeoutMs: 30 }));
      const complaint = { type: 'RequestTimeoutError', code: 'REQUEST_TIMEOUT' };
      expectComplaint(error, { ...complaint, says: /was not answered within 30 ms: is anything responding to it\?/ });
      await using _responder = answering.respond('prices.*', (data) => void handled.push(data));
      expect(await asking.request('prices.get', 'in time')).to.equal(null);
      expect(handled).to.deep.equal(['in time']);
    });

    it('finishes what is in flight when it is stopped, and takes no more', async () => {
      let answer: (() => void) | undefined;
      const responder = answering.respond('prices.*', () => new Promise((resolve) => (answer = () => resolve('done'))));
      const first = asking.request('prices.get', 1);
      await eventually(() => answer !== undefined);
      const stopping = responder.stop();
      answer?.();
      expect([await first, (await stopping).drained]).to.deep.equal(['done', true]);
      const error = await errorOf(() => asking.request('prices.get', 2, { timeoutMs: 30 }));
      expect((error as Error).name).to.equal('RequestTimeoutError');
    });
  });
});
