import { SpanKind, trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { concat, mergeMap, Observable, of, Subject, take, tap, throwError, VirtualTimeScheduler } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError, InvalidTopicError, PermanentError } from '../../src/core/errors.ts';
import { chainOf } from '../../src/internal/graph.ts';
import { fromObservable } from '../../src/sources/fromObservable.ts';
import { startTracing } from '../support/tracing.ts';
import { VirtualTime } from '../support/virtualTime.ts';

/** Data and attempt, as `a1`; each delivery goes to `settle`. */
function seen(source: Observable<Delivery<string>>, settle: (delivery: Delivery<string>) => void): Observable<string> {
  return new Observable((subscriber) =>
    source.pipe(tap({ next: ({ data, attempt }) => subscriber.next(`${data}${attempt}`) })).subscribe({
      next: settle,
      error: (cause) => subscriber.error(cause),
      complete: () => subscriber.complete(),
    }),
  );
}

describe('fromObservable', () => {
  let scheduler: TestScheduler;
  const steady = { backoff: { initialMs: 3, jitter: 0 } };
  const ack = (delivery: Delivery<string>) => void delivery.ack();

  beforeEach(() => {
    scheduler = new VirtualTime();
  });

  it('gives out what the input pushes, as messages', () => {
    const got: Delivery<string>[] = [];
    fromObservable(of('a', 'b'), {
      name: 'letters',
      topic: (data) => `letters.${data}`,
      priority: 'high',
      key: (data) => (data === 'a' ? 'first' : undefined),
      headers: { from: 'test' },
    }).subscribe((delivery) => got.push(delivery));
    const [a, b] = got.map(({ message: { time, ...message }, attempt }) => ({ ...message, attempt }));
    const common = { priority: 'high', headers: { from: 'test' }, attempt: 1 };
    expect(a).to.deep.equal({ ...common, id: 'letters:1', topic: 'letters.a', data: 'a', key: 'first' });
    expect(b).to.deep.equal({ ...common, id: 'letters:2', topic: 'letters.b', data: 'b' });
  });

  it("uses the source's name for a topic, and takes the scheduler's time", () => {
    scheduler.run(({ cold, flush }) => {
      const got: unknown[] = [];
      fromObservable(cold('--a|'), { name: 'ticks' }).subscribe(({ message }) => got.push(message.topic, message.time));
      flush();
      expect(got).to.deep.equal(['ticks', 2]);
    });
  });

  it('completes once the input completed and everything is settled', () => {
    scheduler.run(({ cold, expectObservable }) => {
      const settleLater = (delivery: Delivery<string>) => void scheduler.schedule(() => delivery.ack(), 4);
      const source = seen(fromObservable(cold('-a-b|')), settleLater);
      expectObservable(source).toBe('-a-b---|', { a: 'a1', b: 'b1' });
    });
  });

  it('completes at once when the input is empty', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const input = cold<string>('|');
      expectObservable(fromObservable(input)).toBe('|');
      expectSubscriptions(input.subscriptions).toBe('(^!)');
    });
  });

  it('never completes when the input never does', () => {
    scheduler.run(({ cold, expectObservable }) => {
      expectObservable(fromObservable(cold('-'))).toBe('-');
    });
  });

  it('errors as the input did, once what it gave before is settled', () => {
    scheduler.run(({ cold, expectObservable }) => {
      expectObservable(seen(fromObservable(cold<string>('-a-#')), ack)).toBe('-a-#', { a: 'a1' });
      const settleLater = (delivery: Delivery<string>) => void scheduler.schedule(() => delivery.ack(), 5);
      expectObservable(seen(fromObservable(cold<string>('-a-#')), settleLater)).toBe('-a----#', { a: 'a1' });
    });
  });

  it('hands the same data out again after a retry, with exact attempts', () => {
    scheduler.run(({ cold, expectObservable }) => {
      const retryTwice = (delivery: Delivery<string>) =>
        void (delivery.attempt < 3 ? delivery.retry({ delayMs: 2 }) : delivery.ack());
      const source = seen(fromObservable(cold<string>('a|')), retryTwice);
      expectObservable(source).toBe('a-b-(c|)', { a: 'a1', b: 'a2', c: 'a3' });
    });
  });

  it('does not count a release', () => {
    scheduler.run(({ cold, expectObservable }) => {
      let released = false;
      const releaseOnce = (delivery: Delivery<string>) => {
        if (released) delivery.ack();
        else released = delivery.release();
      };
      expectObservable(seen(fromObservable(concat(of('a'), cold<string>('|'))), releaseOnce)).toBe('(aa|)', {
        a: 'a1',
      });
    });
  });

  it('makes a retry of a failure, with the backoff, then rejects it to onReject', () => {
    scheduler.run(({ cold, expectObservable, flush }) => {
      const rejected: unknown[] = [];
      const options = {
        ...steady,
        attempts: 2,
        onReject: (data: string, error: Error) => void rejected.push(data, error),
      };
      const boom = new Error('boom');
      const source = seen(fromObservable(cold<string>('a|'), options), (delivery) => void delivery.fail(boom));
      expectObservable(source).toBe('a--(b|)', { a: 'a1', b: 'a2' });
      flush();
      expect(rejected).to.deep.equal(['a', boom]);
    });
  });

  it('rejects a permanent failure at once', () => {
    scheduler.run(({ cold, expectObservable, flush }) => {
      const rejected: unknown[] = [];
      const options = { onReject: (data: string) => void rejected.push(data) };
      const fail = (delivery: Delivery<string>) => void delivery.fail(new PermanentError('never'));
      expectObservable(seen(fromObservable(cold<string>('a|'), options), fail)).toBe('a|', { a: 'a1' });
      flush();
      expect(rejected).to.deep.equal(['a']);
    });
  });

  it('gives out no more than its credit; a retry that waits keeps its credit', () => {
    scheduler.run(({ cold, expectObservable }) => {
      const settle = (delivery: Delivery<string>) =>
        void (delivery.data === 'a' && delivery.attempt === 1 ? delivery.retry({ delayMs: 5 }) : delivery.ack());
      const source = seen(fromObservable(cold<string>('-(abc|)'), { credit: 1 }), settle);
      expectObservable(source).toBe('-a----(dbc|)', { a: 'a1', b: 'b1', c: 'c1', d: 'a2' });
    });
  });

  it('unsubscribes from the input, and forgets retries that wait, when unsubscribed early', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const input = cold<string>('a-b-c-d|');
      const source = seen(fromObservable(input), (delivery) => void delivery.retry({ delayMs: 10 }));
      expectObservable(source, '^---!').toBe('a-b--', { a: 'a1', b: 'b1' });
      expectSubscriptions(input.subscriptions).toBe('^---!');
    });
  });

  it('leaves no timer behind when unsubscribed while a retry waits, or settled after that', () => {
    const time = new VirtualTimeScheduler();
    const out: Delivery<string>[] = [];
    const source = fromObservable(of('a', 'b'), { scheduler: time });
    const subscription = source.subscribe((delivery) => void out.push(delivery));
    out[0]?.retry({ delayMs: 10 });
    subscription.unsubscribe();
    out[1]?.retry({ delayMs: 10 });
    time.flush();
    expect(time.frame).to.equal(0);
  });

  it('stops a synchronous input when unsubscribed synchronously', () => {
    let pushed = 0;
    const input = new Observable<number>((subscriber) => {
      while (!subscriber.closed) subscriber.next(++pushed);
    });
    const got: number[] = [];
    fromObservable(input)
      .pipe(take(3))
      .subscribe((delivery) => {
        got.push(delivery.data);
        delivery.ack();
      });
    expect(got).to.deep.equal([1, 2, 3]);
    expect(pushed).to.equal(3);
  });

  it('reaches the whole chain above it when unsubscribed', () => {
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const input = hot<string>('-a-b-c-|');
      const chain = fromObservable(input.pipe(mergeMap((letter) => of(letter)))).pipe(mergeMap(({ data }) => of(data)));
      expectObservable(chain, '^---!').toBe('-a-b-');
      expectSubscriptions(input.subscriptions).toBe('^---!');
    });
  });

  it('settles without effect after unsubscription, except that a rejection is told', () => {
    const input = new Subject<string>();
    const rejected: string[] = [];
    const out: Delivery<string>[] = [];
    const subscription = fromObservable(input, { onReject: (data) => void rejected.push(data) }).subscribe(
      (delivery) => {
        out.push(delivery);
      },
    );
    for (const letter of ['a', 'b', 'c', 'd']) input.next(letter);
    subscription.unsubscribe();
    const [a, b, c, d] = out as [Delivery<string>, Delivery<string>, Delivery<string>, Delivery<string>];
    expect([a.ack(), b.retry(), c.release(), d.reject(new Error('late'))]).to.deep.equal([true, true, true, true]);
    expect(out).to.have.length(4);
    expect(rejected).to.deep.equal(['d']);
  });

  it('keeps the order of what a consumer pushes while it is handed a delivery', () => {
    const input = new Subject<number>();
    const got: number[] = [];
    fromObservable(input).subscribe((delivery) => {
      got.push(delivery.data);
      if (delivery.data < 3) input.next(delivery.data + 1);
      delivery.ack();
    });
    input.next(1);
    expect(got).to.deep.equal([1, 2, 3]);
  });

  it('rejects alone the data that a callback throws on', () => {
    const rejected: unknown[] = [];
    const got: string[] = [];
    fromObservable(of('a', 'b c', 'd'), {
      topic: (data) => `letters.${data}`,
      onReject: (data, error) => void rejected.push(data, error.constructor),
    }).subscribe((delivery) => got.push(delivery.message.topic));
    expect(got).to.deep.equal(['letters.a', 'letters.d']);
    expect(rejected).to.deep.equal(['b c', InvalidTopicError]);
  });

  it('rejects when the failure policy itself throws', () => {
    const rejected: string[] = [];
    const permanent = () => {
      throw new Error('policy');
    };
    const onReject = (_: string, error: Error) => void rejected.push(error.message);
    fromObservable(of('a'), { permanent, onReject }).subscribe((delivery) => void delivery.fail(new Error('boom')));
    expect(rejected).to.deep.equal(['policy']);
  });

  it('passes on the error of an input that fails at once', () => {
    const errors: unknown[] = [];
    fromObservable(throwError(() => 'no')).subscribe({ error: (cause) => errors.push(cause) });
    expect(errors).to.deep.equal(['no']);
  });

  it('has a span for each hand-out, from there to the settlement, in the trace of the headers', async () => {
    const tracing = startTracing();
    const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const inTrace: unknown[] = [];
    try {
      const options = { name: 'letters', headers, onReject: () => undefined };
      fromObservable(of('a', 'b'), options).subscribe((delivery) => {
        inTrace.push(trace.getSpanContext(delivery.context)?.traceId);
        if (delivery.data === 'a') delivery.ack();
        else delivery.reject(new Error('no'));
      });
      const spans = tracing.spans.map(({ name, kind, attributes }) => [name, kind, attributes['sluice.outcome']]);
      const name = 'process letters';
      expect(spans).to.deep.equal([
        [name, SpanKind.CONSUMER, 'ack'],
        [name, SpanKind.CONSUMER, 'reject'],
      ]);
      expect(tracing.spans.map(({ parentSpanContext }) => parentSpanContext?.spanId)).to.deep.equal([
        'b7ad6b7169203331',
        'b7ad6b7169203331',
      ]);
      expect(inTrace).to.deep.equal(Array(2).fill('0af7651916cd43dd8448eb211c80319c'));
    } finally {
      await tracing.stop();
    }
  });

  it('shows in the graph', () => {
    const attributes = { name: 'letters', credit: 3 };
    expect(chainOf(fromObservable(of('a'), attributes))).to.deep.equal([
      { kind: 'source', name: 'fromObservable', attributes },
    ]);
  });

  it('refuses what it cannot use, at the call', () => {
    const refuse = (make: () => unknown, message: RegExp) => expect(make).to.throw(InvalidOptionError, message);
    refuse(() => fromObservable(of(1), { credit: 0 }), /^credit is 0: it takes a whole number from 1$/);
    refuse(() => fromObservable(of(1), { bufferSize: -1 }), /^bufferSize is -1/);
    refuse(
      () => fromObservable(of(1), { overflow: 'drop' as 'error' }),
      /^overflow is 'drop': it takes one of error, /,
    );
    refuse(() => fromObservable(of(1), { attempts: 0 }), /^attempts is 0/);
    refuse(() => fromObservable(of(1), { priority: 'urgent' as 'high' }), /^priority is 'urgent'/);
    refuse(() => fromObservable(42 as never), /^input is 42: it takes an Observable, a Promise/);
    expect(() => fromObservable(of(1), { topic: 'a.*' })).to.throw(InvalidTopicError);
  });
});
