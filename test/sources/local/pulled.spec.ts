import { expect } from 'chai';
import type { Delivery } from '../../../src/core/delivery.ts';
import { fromObservable } from '../../../src/sources/fromObservable.ts';
import { eventually } from '../../support/eventually.ts';
import { warningsOf } from '../../support/warnings.ts';

const ack = (delivery: Delivery) => void delivery.ack();

describe('fromObservable of an iterable', () => {
  function* counting(log: string[], end = Infinity) {
    try {
      for (let n = 1; n <= end; n++) {
        log.push(`next ${n}`);
        yield n;
      }
    } finally {
      log.push('return');
    }
  }

  it('pulls one value for each credit', () => {
    const log: string[] = [];
    const out: Delivery<number>[] = [];
    const subscription = fromObservable(counting(log), { credit: 2 }).subscribe((delivery) => void out.push(delivery));
    expect(log).to.deep.equal(['next 1', 'next 2']);
    out[0]?.ack();
    expect(log).to.deep.equal(['next 1', 'next 2', 'next 3']);
    subscription.unsubscribe();
    expect(log.at(-1)).to.equal('return');
  });

  it('reads an iterable that can be read again anew for each subscriber', () => {
    const source = fromObservable(['a', 'b']);
    for (const _ of [1, 2]) {
      const got: string[] = [];
      source.subscribe(({ data }) => void got.push(data));
      expect(got).to.deep.equal(['a', 'b']);
    }
  });

  it('returns from a generator that is unsubscribed while it runs', async () => {
    const log: string[] = [];
    const out: Delivery<number>[] = [];
    function* input() {
      try {
        yield 1;
        subscription.unsubscribe();
        yield 2;
      } finally {
        log.push('return');
      }
    }
    const subscription = fromObservable(input(), { credit: 1 }).subscribe((delivery) => void out.push(delivery));
    const warnings = await warningsOf(0, async () => {
      out[0]?.ack();
      await new Promise(setImmediate);
    });
    expect(out.map(({ data }) => data)).to.deep.equal([1]);
    expect(log).to.deep.equal(['return']);
    expect(warnings).to.deep.equal([]);
  });

  it('errors once what it gave is settled, if next() throws; return() is not called then', () => {
    const events: unknown[] = [];
    const iterator = {
      count: 0,
      [Symbol.iterator]: () => iterator,
      next() {
        iterator.count += 1;
        if (iterator.count > 1) throw new Error('read');
        return { done: false as const, value: 'a' };
      },
      return: () => void events.push('return') as never,
    };
    let held: Delivery<string> | undefined;
    fromObservable(iterator).subscribe({
      next: (delivery) => {
        held = delivery;
      },
      error: (error) => events.push(error.message),
    });
    expect(events).to.deep.equal([]);
    held?.ack();
    expect(events).to.deep.equal(['read']);
  });

  it('reports what return() throws', async () => {
    function* input() {
      try {
        yield 1;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: what is tested
        throw new Error('stuck');
      }
    }
    const [warning] = await warningsOf(1, () => fromObservable(input(), { credit: 1 }).subscribe().unsubscribe());
    expect(warning?.code).to.equal('SLUICE_INPUT_CLOSE');
    expect(warning?.message).to.equal('an input failed while it was closed: stuck');
  });

  it('hands out a million in a loop, not a recursion', () => {
    let acked = 0;
    let completed = false;
    fromObservable(counting([], 1_000_000), { credit: 1 }).subscribe({
      next: (delivery) => {
        acked += Number(delivery.ack());
      },
      complete: () => {
        completed = true;
      },
    });
    expect(acked).to.equal(1_000_000);
    expect(completed).to.equal(true);
  });
});

describe('fromObservable of an async iterable', () => {
  /** An async iterator whose answers come when told. */
  function manual() {
    const asked: { resolve(result: IteratorResult<number>): void; reject(cause: unknown): void }[] = [];
    const log: string[] = [];
    const input: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          log.push('next');
          return new Promise((resolve, reject) => asked.push({ resolve, reject }));
        },
        return: async () => {
          log.push('return');
          return { done: true, value: undefined };
        },
      }),
    };
    return { asked, log, input };
  }

  it('has never more than one next() pending, and none without credit', async () => {
    const { asked, log, input } = manual();
    const out: Delivery<number>[] = [];
    fromObservable(input, { credit: 1 }).subscribe((delivery) => void out.push(delivery));
    expect(log).to.deep.equal(['next']);
    asked[0]?.resolve({ done: false, value: 1 });
    await eventually(() => out.length === 1);
    expect(log).to.deep.equal(['next']);
    out[0]?.ack();
    expect(log).to.deep.equal(['next', 'next']);
  });

  it('does not ask again when credit comes back while it waits for an answer', async () => {
    const { asked, log, input } = manual();
    const out: Delivery<number>[] = [];
    fromObservable(input, { credit: 2 }).subscribe((delivery) => void out.push(delivery));
    asked[0]?.resolve({ done: false, value: 1 });
    await eventually(() => log.length === 2);
    out[0]?.ack();
    expect(log).to.deep.equal(['next', 'next']);
  });

  it('is not returned from once it is done', async () => {
    const { asked, log, input } = manual();
    const done = new Promise<void>((complete) => fromObservable(input).subscribe({ complete }));
    asked[0]?.resolve({ done: true, value: 0 });
    await done;
    await new Promise(setImmediate);
    expect(log).to.deep.equal(['next']);
  });

  it('calls return() when unsubscribed, and passes over an answer that comes later', async () => {
    const { asked, log, input } = manual();
    const out: Delivery<number>[] = [];
    fromObservable(input)
      .subscribe((delivery) => void out.push(delivery))
      .unsubscribe();
    asked[0]?.resolve({ done: false, value: 1 });
    await eventually(() => log.includes('return'));
    expect(log).to.deep.equal(['next', 'return']);
    expect(out).to.deep.equal([]);
  });

  it('completes at its end without calling return()', async () => {
    const log: string[] = [];
    async function* input() {
      try {
        yield* [1, 2, 3];
      } finally {
        log.push('finally');
      }
    }
    const got: number[] = [];
    await new Promise<void>((resolve) => {
      fromObservable(input(), { credit: 1 }).subscribe({
        next: (delivery) => {
          got.push(delivery.data);
          delivery.ack();
        },
        complete: resolve,
      });
    });
    expect(got).to.deep.equal([1, 2, 3]);
    expect(log).to.deep.equal(['finally']);
  });

  it('errors as the iterator does, once what it gave is settled', async () => {
    const { asked, log, input } = manual();
    const errors: unknown[] = [];
    const out: Delivery<number>[] = [];
    fromObservable(input).subscribe({ next: (delivery) => void out.push(delivery), error: (e) => errors.push(e) });
    asked[0]?.resolve({ done: false, value: 1 });
    await eventually(() => log.length === 2);
    asked[1]?.reject('broken');
    await new Promise(setImmediate);
    expect(errors).to.deep.equal([]);
    out[0]?.ack();
    expect(errors).to.deep.equal(['broken']);
  });

  it('takes an iterator that throws at the call for one that rejects', async () => {
    const errors: unknown[] = [];
    const next = () => {
      throw new Error('at the call');
    };
    const input = { [Symbol.asyncIterator]: () => ({ next }) };
    fromObservable(input as AsyncIterable<number>).subscribe({ error: (error) => errors.push(error.message) });
    await eventually(() => errors.length > 0);
    expect(errors).to.deep.equal(['at the call']);
  });

  it('reads a promise', async () => {
    const got: string[] = [];
    await new Promise<void>((complete) => {
      fromObservable(Promise.resolve('kept')).subscribe({
        next: (delivery) => {
          got.push(delivery.data);
          ack(delivery);
        },
        complete,
      });
    });
    expect(got).to.deep.equal(['kept']);
  });
});
