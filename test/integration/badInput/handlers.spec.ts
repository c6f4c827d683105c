import { type } from 'arktype';
import { expect } from 'chai';
import { EMPTY, NEVER, of, throwError } from 'rxjs';
import { type Delivery, type HandleOptions, handle, pipeline, stage, validate } from '../../../src/index.ts';
import type { Branch } from '../../../src/operators/branch.ts';
import { eventually } from '../../support/eventually.ts';
import { lettersOf } from '../../support/letters.ts';
import { onEachStore } from '../../support/onEachStore.ts';

const ATTEMPTS = 3;
const policy = { attempts: ATTEMPTS, backoff: { initialMs: 1, jitter: 0 } };

interface Case {
  readonly title: string;
  /** What the handler does with bad data. */
  readonly handler?: () => unknown;
  readonly options?: HandleOptions;
  /** The stage's operator, where it is no handler. */
  readonly operator?: Branch<unknown, unknown>;
  readonly error: string;
  readonly says: RegExp;
  readonly attempts: number;
}

const broken = () => {
  throw new RangeError('no such limit');
};
const strange = () => Promise.reject({ status: 503 });
const Good = type("'good'");

const CASES: readonly Case[] = [
  { title: 'throws', handler: broken, error: 'RangeError', says: /no such limit/, attempts: ATTEMPTS },
  {
    title: 'rejects',
    handler: () => Promise.reject(new RangeError('no such limit')),
    error: 'RangeError',
    says: /no such limit/,
    attempts: ATTEMPTS,
  },
  {
    title: 'rejects with what is no error',
    handler: strange,
    error: 'Error',
    says: /"status":503/,
    attempts: ATTEMPTS,
  },
  {
    title: 'answers with an Observable that errors',
    handler: () => throwError(() => new RangeError('no such limit')),
    error: 'RangeError',
    says: /no such limit/,
    attempts: ATTEMPTS,
  },
  {
    title: 'hangs as a Promise',
    handler: () => new Promise(() => undefined),
    options: { timeoutMs: 10 },
    error: 'HandlerTimeoutError',
    says: /^the handler gave no answer for message '.+' within 10 ms/,
    attempts: ATTEMPTS,
  },
  {
    title: 'hangs as an Observable',
    handler: () => NEVER,
    options: { timeoutMs: 10 },
    error: 'HandlerTimeoutError',
    says: /^the handler gave no answer for message '.+' within 10 ms/,
    attempts: ATTEMPTS,
  },
  {
    title: 'answers twice',
    handler: () => of('one', 'two'),
    error: 'HandlerAnsweredTwiceError',
    says: /answered twice for message '.+': answer once, and make many of one with splitData/,
    attempts: 1,
  },
  {
    title: 'is a schema that rejects',
    operator: validate(Good),
    error: 'ValidationError',
    says: /^message '.+' is not valid: must be "good" \(was "bad"\)/,
    attempts: 1,
  },
  {
    title: 'is a schema that throws',
    operator: (source) => source.pipe(validate(Good.or("'bad'").pipe((data) => (data === 'bad' ? broken() : data)))),
    error: 'RangeError',
    says: /no such limit/,
    attempts: ATTEMPTS,
  },
];

describe('bad input: handlers', () => {
  onEachStore((world) => {
    for (const { title, handler, options, operator, error, says, attempts } of CASES) {
      it(`one that ${title}: dead-lettered whole after ${attempts}, and the others go on`, async () => {
        const bus = await world.connect();
        const seen: unknown[] = [];
        let calls = 0;
        const own = handle((data: unknown) => {
          if (data !== 'bad') return data;
          calls += 1;
          return handler?.();
        }, options);
        const running = pipeline(
          'orders',
          bus.from('orders.*', { group: 'orders', ...policy }),
          stage('check', operator ?? own),
          stage(
            'keep',
            handle((data) => void seen.push(data)),
          ),
        ).run();
        const headers = { tenant: 'a' };
        for (const data of ['good', 'bad', 'good', 'bad', 'good']) await bus.publish('orders.new', data, { headers });
        await eventually(() => running.counts.settled.reject === 2 && running.counts.settled.ack === 3);
        await running.stop();

        expect(seen).to.deep.equal(['good', 'good', 'good']);
        if (handler) expect(calls).to.equal(2 * attempts);
        expect(running.counts.settled).to.include({ ack: 3, reject: 2, retry: 2 * (attempts - 1) });
        const letter = { topic: 'orders.new', data: 'bad', error, attempts, stage: 'check' };
        expect(await lettersOf(bus)).to.deep.equal([letter, letter]);
        for (const { error: why, meta, group } of await bus.deadLetters()) {
          expect(why.message).to.match(says);
          expect(why.stack).to.include(why.message);
          expect([JSON.parse(meta).headers, group]).to.deep.equal([headers, 'orders']);
        }
        const { groups, lanes } = await bus.stats();
        expect([lanes.normal.length, groups[0]?.pending, groups[0]?.retrying]).to.deep.equal([5, 0, 0]);
      });
    }

    it('one that answers after its time: the answer settles nothing, its signal was aborted', async () => {
      const bus = await world.connect();
      const late: ((answer: string) => void)[] = [];
      const aborted: unknown[] = [];
      const running = pipeline(
        'orders',
        bus.from('orders.*', { group: 'orders', ...policy, attempts: 2 }),
        stage(
          'check',
          handle(
            (_data, { signal }) => {
              signal.addEventListener('abort', () => aborted.push(signal.reason.name));
              return new Promise<string>((resolve) => late.push(resolve));
            },
            { timeoutMs: 10 },
          ),
        ),
        stage('send', bus.to<Delivery<string>>('answers.all')),
      ).run();
      await bus.publish('orders.new', 'slow');
      await eventually(() => running.counts.settled.reject === 1);
      for (const answer of late) answer('too late');
      await running.stop();

      expect(aborted).to.deep.equal(['HandlerTimeoutError', 'HandlerTimeoutError']);
      expect(running.counts.settled).to.include({ ack: 0, retry: 1, reject: 1 });
      expect((await bus.stats()).lanes.normal.length, 'no answer was published').to.equal(1);
    });

    it('one that answers nothing passes the data on', async () => {
      const bus = await world.connect();
      const seen: unknown[] = [];
      await using running = pipeline(
        'orders',
        bus.from('orders.*', { group: 'orders' }),
        stage(
          'silent',
          handle(() => EMPTY),
        ),
        stage(
          'keep',
          handle((data) => void seen.push(data)),
        ),
      ).run();
      await bus.publish('orders.new', 'same');
      await eventually(() => running.counts.settled.ack === 1);
      expect(seen).to.deep.equal(['same']);
    });
  });
});
