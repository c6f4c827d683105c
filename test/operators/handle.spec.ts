import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { expect } from 'chai';
import { defer, EMPTY, map, of, Subject, throwError, timer } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { handle } from '../../src/operators/handle.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { eventually } from '../support/eventually.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';
import { virtualRun } from '../support/virtualRun.ts';

const upper = (letter: string) => letter.toUpperCase();
const late = (ms: number) => (letter: string) => timer(ms).pipe(map(() => upper(letter)));

describe('handle', () => {
  operatorCatalogue('handle', () => handle(upper));

  it('passes on what a synchronous handler answers, and settles nothing', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions, flush, source }) => {
      const letters = cold('-a-b-|');
      expectObservable(dataOf(deliveries(letters).pipe(handle(upper)))).toBe('-A-B-|');
      expectSubscriptions(letters.subscriptions).toBe('^----!');
      flush();
      expect(source.unsettled).deep.equal(['a', 'b']);
    }));

  it('runs one handler at a time, in order, and completes after the last', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      expectObservable(dataOf(deliveries(cold('-abc-|')).pipe(handle(late(3))))).toBe('----A--B--(C|)');
    }));

  it('runs as many as it may at once, and passes on by completion', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      const times: Record<string, number> = { a: 6, b: 2, c: 1 };
      const handler = (letter: string) => late(times[letter] ?? 0)(letter);
      const result = deliveries(cold('-abc-|')).pipe(handle(handler, { concurrency: 2 }));
      expectObservable(dataOf(result)).toBe('----BC-(A|)');
    }));

  it('starts the most urgent of what waits, and within a tier what came first', () =>
    virtualRun(({ hot, flush, source }) => {
      const started: string[] = [];
      const tiers = { a: 'low', b: 'low', c: 'normal', d: 'critical', e: 'critical' } as const;
      const marbles = Object.fromEntries(
        Object.entries(tiers).map(([name, priority]) => [name, source.deliver(name, { priority })]),
      );
      const handler = (name: string) => {
        started.push(name);
        return timer(10).pipe(map(() => name));
      };
      hot('(abcde)', marbles).pipe(handle(handler)).subscribe();
      flush();
      expect(started.join('')).to.equal('adecb');
    }));

  it('takes Promises', async () => {
    const seen: string[] = [];
    const letters = of('a', 'b').pipe(map((letter) => new TestSource().deliver(letter)));
    letters.pipe(handle(async (letter) => upper(letter))).subscribe({
      next: ({ data }) => seen.push(data),
      complete: () => seen.push('|'),
    });
    await eventually(() => expect(seen).deep.equal(['A', 'B', '|']), { everyMs: 1 });
  });

  it('passes the very delivery on where the handler answers nothing', async () => {
    const answers = [() => undefined, async () => {}, () => EMPTY, () => of(undefined)];
    for (const answer of answers) {
      const delivery = new TestSource().deliver('a');
      const seen: Delivery[] = [];
      of(delivery)
        .pipe(handle<string, unknown>(answer))
        .subscribe((passed) => seen.push(passed));
      await eventually(() => expect(seen).deep.equal([delivery]), { everyMs: 1 });
    }
  });

  it('takes null, false, 0 and the empty string for answers', () => {
    for (const answer of [null, false, 0, '']) {
      const seen: unknown[] = [];
      of(new TestSource().deliver('a'))
        .pipe(handle(() => answer))
        .subscribe(({ data }) => seen.push(data));
      expect(seen).deep.equal([answer]);
    }
  });

  it('counts the answer of an Observable when that completes', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      const result = deliveries(cold('-a|')).pipe(handle(() => cold('-x--|')));
      expectObservable(dataOf(result)).toBe('-----(x|)');
    }));

  it('tells the handler message and attempt', () => {
    const seen: unknown[] = [];
    of(new TestSource().deliver('a', { id: 'm-1', attempt: 3 }))
      .pipe(handle((_, { message, attempt }) => void seen.push(message.id, attempt)))
      .subscribe();
    expect(seen).deep.equal(['m-1', 3]);
  });

  it("runs the handler, and subscribes to its Observable, in the delivery's trace context", async () => {
    const key = createContextKey('who');
    const who = () => `in ${context.active().getValue(key)}`;
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      const source = new TestSource();
      const own = (name: string) => source.deliver(name, { context: ROOT_CONTEXT.setValue(key, name) });
      const input = new Subject<Delivery<string>>();
      const seen: unknown[] = [];
      const handlers = handle((name: string) => (name === 'b' ? defer(() => of(who())) : Promise.resolve(who())));
      input.pipe(handlers).subscribe(({ data }) => seen.push(data));
      for (const name of ['a', 'b', 'c', 'd']) input.next(own(name));
      await eventually(() => expect(seen).deep.equal(['in a', 'in b', 'in c', 'in d']), { everyMs: 1 });
    } finally {
      context.disable();
    }
  });

  describe('fails the delivery and goes on when', () => {
    const failures: Record<string, (letter: string) => unknown> = {
      'the handler throws': () => {
        throw new Error('no');
      },
      'its Promise rejects': () => Promise.reject(new Error('no')),
      'its Observable errors': () => throwError(() => new Error('no')),
      'its thenable throws': () => ({
        // biome-ignore lint/suspicious/noThenProperty: the thenable is what is tested
        then() {
          throw new Error('no');
        },
      }),
    };
    for (const [name, handler] of Object.entries(failures)) {
      it(name, async () => {
        const source = new TestSource();
        const seen: unknown[] = [];
        of(source.deliver('a'), source.deliver('b'))
          .pipe(handle((letter: string) => (letter === 'a' ? handler(letter) : letter)))
          .subscribe({ next: ({ data }) => seen.push(data), complete: () => seen.push('|') });
        await eventually(() => expect(seen).deep.equal(['b', '|']), { everyMs: 1 });
        expect(source.log).deep.equal(['fail a: no']);
      });
    }

    it('its Observable errors after its answer', () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
        const result = deliveries(cold('-a|')).pipe(handle(() => cold('-x-#', undefined, new Error('no'))));
        expectObservable(dataOf(result)).toBe('----|');
        flush();
        expect(source.log).deep.equal(['fail a: no']);
      }));
  });
});
