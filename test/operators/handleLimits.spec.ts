import { expect } from 'chai';
import { interval, NEVER, of, range, take } from 'rxjs';
import { InvalidOptionError, PermanentError } from '../../src/core/errors.ts';
import { handle } from '../../src/operators/handle.ts';
import { HandlerAnsweredTwiceError } from '../../src/operators/handlerAnsweredTwiceError.ts';
import { HandlerTimeoutError } from '../../src/operators/handlerTimeoutError.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';

function errorOf(source: TestSource): Error | undefined {
  const verdict = source.settlements[0]?.verdict;
  return verdict && 'error' in verdict ? verdict.error : undefined;
}

describe('handle, at its limits', () => {
  describe('timeoutMs', () => {
    it('fails what gives no answer in time, aborts its signal and goes on', () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
        const signals: AbortSignal[] = [];
        const result = deliveries(cold('-ab-|')).pipe(
          handle(
            (letter, { signal }) => {
              signals.push(signal);
              return letter === 'a' ? NEVER : letter;
            },
            { timeoutMs: 5 },
          ),
        );
        expectObservable(dataOf(result)).toBe('------(b|)');
        flush();
        expect(source.settlements).length(1);
        expect(source.settlements[0]).includes({ data: 'a', at: 6 });
        const error = errorOf(source);
        expect(error).instanceOf(HandlerTimeoutError).not.instanceOf(PermanentError);
        expect(error).includes({ code: 'HANDLER_TIMEOUT', timeoutMs: 5, messageId: 'test-1' });
        expect(error?.message).equal("the handler gave no answer for message 'test-1' within 5 ms");
        expect(signals.map(({ aborted }) => aborted)).deep.equal([true, false]);
        expect(signals[0]?.reason).equal(error);
      }));

    it('ignores a late answer and a late rejection', async () => {
      for (const late of [
        (done: () => void) => done(),
        (_: () => void, fail: (error: Error) => void) => fail(new Error()),
      ]) {
        const source = new TestSource();
        const seen: unknown[] = [];
        let end = (): void => {};
        const answer = new Promise<string>((resolve, reject) => {
          end = () => late(() => resolve('x'), reject);
        });
        await new Promise<void>((complete) =>
          of(source.deliver('a'))
            .pipe(handle(() => answer, { timeoutMs: 1 }))
            .subscribe({ next: (delivery) => seen.push(delivery), complete }),
        );
        end();
        await answer.catch(() => undefined);
        expect(seen).deep.equal([]);
        expect(source.settlements).length(1);
      }
    });

    it('unsubscribes from an Observable that is late, and leaves an early one its time', () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions }) => {
        const early = cold('---x|');
        const never = cold('-----');
        const handler = (letter: string) => (letter === 'a' ? early : never);
        expectObservable(dataOf(deliveries(cold('ab|')).pipe(handle(handler, { timeoutMs: 5 })))).toBe('----x----|');
        expectSubscriptions(early.subscriptions).toBe('^---!');
        expectSubscriptions(never.subscriptions).toBe('----^----!');
      }));

    it('has aborted a signal that is read after the timeout', () =>
      deliveryMarbles(({ cold, deliveries, flush }) => {
        const contexts: { readonly signal: AbortSignal }[] = [];
        const handler = (_: string, context: { readonly signal: AbortSignal }) => {
          contexts.push(context);
          return NEVER;
        };
        deliveries(cold('a|'))
          .pipe(handle(handler, { timeoutMs: 5 }))
          .subscribe();
        flush();
        expect(contexts[0]?.signal.aborted).equal(true);
      }));
  });

  describe('an Observable that answers twice', () => {
    it('has its delivery rejected, is left, and nothing is passed on', () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions, flush, source }) => {
        const twice = cold('-x-y-z');
        const handler = (letter: string) => (letter === 'a' ? twice : letter);
        expectObservable(dataOf(deliveries(cold('ab|')).pipe(handle(handler)))).toBe('---(b|)');
        expectSubscriptions(twice.subscriptions).toBe('^--!');
        flush();
        expect(source.settlements[0]?.verdict.kind).equal('reject');
        const error = errorOf(source);
        expect(error).instanceOf(HandlerAnsweredTwiceError).includes({ code: 'HANDLER_ANSWERED_TWICE' });
        expect(error).instanceOf(PermanentError).has.property('message').that.includes('splitData');
      }));

    it('can be a synchronous one without an end', () => {
      const source = new TestSource();
      of(source.deliver('a'))
        .pipe(handle(() => range(0, Infinity)))
        .subscribe();
      expect(errorOf(source)).instanceOf(HandlerAnsweredTwiceError);
    });
  });

  it('checks its arguments at the call', () => {
    expect(() => handle(undefined as never)).throw(InvalidOptionError, 'handler is undefined: it takes a function');
    for (const concurrency of [0, -1, 1.5, Number.NaN, Infinity, '2' as never]) {
      expect(() => handle(() => {}, { concurrency })).throw(
        InvalidOptionError,
        /^concurrency is .*whole number from 1/,
      );
    }
    for (const timeoutMs of [0, -1, Number.NaN, Infinity, 2 ** 31]) {
      expect(() => handle(() => {}, { timeoutMs })).throw(InvalidOptionError, /^timeoutMs is /);
    }
  });

  it('frees its timer with the answer', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const handler = () => interval(2).pipe(take(1));
      expectObservable(dataOf(deliveries(cold('a|')).pipe(handle(handler, { timeoutMs: 5 })))).toBe('--(0|)', [0]);
      flush();
      expect(source.unsettled).deep.equal(['a']);
    }));
});
