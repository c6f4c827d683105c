import { expect } from 'chai';
import { concat, map, NEVER, type Observable, of, Subject, throwError } from 'rxjs';
import { memoryStore } from '../../src/adapters/memory/index.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { KeyState } from '../../src/core/store.ts';
import { StoreAuthError, StoreUnavailableError } from '../../src/core/storeErrors.ts';
import { batch } from '../../src/operators/batch.ts';
import { type DedupeOptions, dedupe } from '../../src/operators/dedupe.ts';
import type { Seen } from '../../src/operators/seen.ts';
import { SharedSeen } from '../../src/operators/sharedSeen.ts';
import { fromTopics } from '../../src/sources/fromTopics.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { eventually } from '../support/eventually.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';
import { TestTopics } from '../support/topicsPort.ts';

/** The letter before a digit: `a1` and `a2` are of one key. */
const byLetter = { by: (data: string) => data[0] as string };

function run(options: DedupeOptions<string> = byLetter) {
  const source = new TestSource();
  const input = new Subject<Delivery<string>>();
  const out: Delivery<string>[] = [];
  const errors: unknown[] = [];
  let completed = false;
  const running = input.pipe(dedupe<Delivery<string>>(options)).subscribe({
    next: (delivery) => out.push(delivery),
    error: (error) => errors.push(error),
    complete: () => {
      completed = true;
    },
  });
  return {
    source,
    input,
    out,
    errors,
    running,
    data: () => out.map(({ data }) => data).join(' '),
    completed: () => completed,
    give: (...all: string[]) => {
      for (const data of all) input.next(source.deliver(data));
    },
  };
}

describe('dedupe', () => {
  operatorCatalogue('dedupe', () => dedupe());

  it('passes on the first of each key and acks what comes again once that is acked', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const acking = map((delivery: Delivery<string>) => {
        delivery.ack();
        return delivery;
      });
      const letters = deliveries(cold('-a-b-a-c-b-|'));
      expectObservable(dataOf(letters.pipe(dedupe({ by: (data) => data }), acking))).toBe('-a-b---c---|');
      flush();
      expect(source.log).to.deep.equal(['ack a', 'ack b', 'ack a', 'ack c', 'ack b']);
    }));

  it("goes by the message's id unless told otherwise", () => {
    const { source, input, data, out } = run({});
    for (const id of ['1', '2', '1']) {
      input.next(source.deliver(`of ${id}`, { id }));
      out.at(-1)?.ack();
    }
    expect(data()).to.equal('of 1 of 2');
    expect(source.log).to.deep.equal(['ack of 1', 'ack of 2', 'ack of 1']);
  });

  it('keeps one that comes while the first is handled, and acks it with that', () => {
    const { source, give, data, out } = run();
    give('a1', 'a2', 'a3', 'b1');
    expect(data()).to.equal('a1 b1');
    expect(source.log).to.deep.equal([]);
    out[0]?.ack();
    expect(source.log).to.deep.equal(['ack a1', 'ack a2', 'ack a3']);
  });

  for (const [how, settle] of [
    ['fails', (delivery?: Delivery) => delivery?.fail(new Error('no'))],
    ['is rejected', (delivery?: Delivery) => delivery?.reject(new Error('no'))],
    ['is retried', (delivery?: Delivery) => delivery?.retry()],
    ['is released', (delivery?: Delivery) => delivery?.release()],
  ] as const) {
    it(`passes the next of a key on when the first ${how}, and does not remember it`, () => {
      const { source, give, data, out } = run();
      give('a1', 'a2', 'a3');
      settle(out[0]);
      expect(data()).to.equal('a1 a2');
      settle(out[1]);
      settle(out[2]);
      expect(data()).to.equal('a1 a2 a3');
      give('a4');
      out[3]?.ack();
      expect(source.log.at(-1)).to.equal('ack a4');
    });
  }

  it('forgets a key when its time is over, and the oldest of too many', () =>
    deliveryMarbles(({ hot, deliveries, dataOf, expectObservable, source }) => {
      const acked = map((delivery: Delivery<string>) => {
        delivery.ack();
        return delivery;
      });
      const timed = deliveries(hot('-a-a-a-----a')).pipe(dedupe({ by: (d) => d, withinMs: 5 }), acked);
      expectObservable(dataOf(timed), '^-----------!').toBe('-a---------a');
      const counted = deliveries(hot('-a-b-a-c-a-b')).pipe(dedupe({ by: (d) => d, maxKeys: 2 }), acked);
      expectObservable(dataOf(counted), '^-----------!').toBe('-a-b---c-a-b');
      expect(source.log).to.deep.equal([]);
    }));

  it('remembers what was acked through a failure of its source', () => {
    const operator = dedupe<Delivery<string>>(byLetter);
    const source = new TestSource();
    const seen: string[] = [];
    const once = (data: string) =>
      concat(
        of(source.deliver(data)),
        throwError(() => new Error('gone')),
      )
        .pipe(operator)
        .subscribe({
          next: (delivery) => {
            seen.push(delivery.data);
            delivery.ack();
          },
          error: () => undefined,
        });
    for (const data of ['a1', 'a2', 'b1']) once(data);
    expect(seen).to.deep.equal(['a1', 'b1']);
    expect(source.log).to.deep.equal(['ack a1', 'ack a2', 'ack b1']);
  });

  it('releases what waits when it is unsubscribed or its source errors; what it passed on counts all the same', () => {
    for (const end of ['unsubscribe', 'error'] as const) {
      const operator = run();
      const { source, give, out, running, input } = operator;
      give('a1', 'a2');
      if (end === 'error') input.error(new Error('gone'));
      else running.unsubscribe();
      expect(source.log).to.deep.equal(['release a2']);
      out[0]?.ack();
      expect(source.log).to.deep.equal(['release a2', 'ack a1']);
      expect(source.unsettled).to.deep.equal([]);
    }
  });

  it('completes with its source; what waits is acked with the first of its key, else released', () => {
    const { source, give, out, input, completed } = run();
    give('a1', 'a2', 'b1', 'b2');
    input.complete();
    expect(completed()).to.equal(true);
    out[0]?.ack();
    out[1]?.fail(new Error('no'));
    expect(source.log).to.deep.equal(['ack a1', 'ack a2', 'fail b1: no', 'release b2']);
  });

  it('passes on what was settled before it came, and drops what others settle while it waits', () => {
    const { source, input, give, data, out } = run();
    const early = source.deliver('a0');
    early.ack();
    input.next(early);
    give('a1');
    const [waits, last] = [source.deliver('a2'), source.deliver('a3')];
    for (const delivery of [waits, last]) input.next(delivery);
    waits.reject(new Error('late'));
    out[1]?.fail(new Error('no'));
    expect(data()).to.equal('a0 a1 a3');
  });

  it('hears of a first that others settled beneath it', () => {
    const { source, input, give, data } = run();
    const first = source.deliver('a1');
    input.next(first);
    give('a2');
    first.release();
    expect(data()).to.equal('a1 a2');
  });

  it('fails what has no key, and goes on', () => {
    const by = (data: string) => {
      if (data === 'x') throw new Error('thrown');
      return (data === 'y' ? 1 : data) as string;
    };
    const { source, give, data } = run({ by });
    give('x', 'y', 'z');
    expect(source.log).to.deep.equal(['fail x: thrown', 'fail y: by(data) is 1: it takes a text']);
    expect(data()).to.equal('z');
  });

  it('keeps the order and the stack when passing on brings the next', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<number>>();
    const seen: number[] = [];
    input.pipe(dedupe<Delivery<number>>({ by: (data) => `${data}` })).subscribe((delivery) => {
      delivery.ack();
      if (delivery.data < 20_000) input.next(source.deliver(delivery.data + 1));
      seen.push(delivery.data);
    });
    input.next(source.deliver(1));
    expect(seen).length(20_000);
    expect(seen.every((n, i) => n === i + 1)).equal(true);
  });

  it('lets a batch behind it close when all that is out waits', async () => {
    const topics = new TestTopics();
    topics.append(['a1', 'a2']);
    const sizes: number[] = [];
    const source = fromTopics(topics.port(), 'a.*', { group: 'g', credit: 2 });
    const flow = (source as Observable<Delivery<string>>).pipe(dedupe(byLetter), batch({ maxSize: 10 }));
    const running = flow.subscribe((full) => {
      sizes.push(full.members.length);
      full.ack();
    });
    await eventually(() => sizes.length > 0);
    running.unsubscribe();
    expect(sizes).to.deep.equal([1]);
  });

  it('takes a function, whole numbers from 1, and what remembers', () => {
    const wrong = (options: unknown) => () => dedupe(options as DedupeOptions);
    expect(wrong({ by: 'id' })).to.throw(InvalidOptionError, 'by is');
    expect(wrong({ withinMs: 0 })).to.throw(InvalidOptionError, 'withinMs is 0');
    expect(wrong({ maxKeys: 1.5 })).to.throw(InvalidOptionError, 'maxKeys is 1.5');
    expect(wrong({ seen: {} })).to.throw(InvalidOptionError, 'seen is');
  });

  describe('with a memory that answers later', () => {
    /** Answers what it is told to, and notes what it was asked. */
    function scripted(...states: (KeyState | Error)[]): Seen & { readonly log: string[]; kept: Subject<unknown> } {
      const log: string[] = [];
      const kept = new Subject<unknown>();
      return {
        withinMs: 1,
        maxKeys: 1,
        log,
        kept,
        claim: (key) => {
          log.push(`claim ${key}`);
          const state = states.shift() ?? 'free';
          return state instanceof Error ? throwError(() => state) : of(state);
        },
        keep: (key) => {
          log.push(`keep ${key}`);
          return kept;
        },
        drop: (key) => void log.push(`drop ${key}`),
      };
    }

    it('passes the ack on once the key is kept, and not before', () => {
      const seen = scripted();
      const { source, give, out } = run({ ...byLetter, seen });
      give('a1', 'a2');
      out[0]?.ack();
      expect([source.log, seen.log]).to.deep.equal([[], ['claim a', 'keep a']]);
      seen.kept.complete();
      expect(source.log).to.deep.equal(['ack a1', 'ack a2']);
    });

    it('acks at once what another process has seen', () => {
      const { source, give, out } = run({ ...byLetter, seen: scripted('seen') });
      give('a1');
      expect([source.log, out]).to.deep.equal([['ack a1'], []]);
    });

    it('claims again after a while what another has claimed, and when the store is away', () =>
      deliveryMarbles(({ hot, deliveries, dataOf, expectObservable, flush }) => {
        const seen = scripted({ heldMs: 5 }, { heldMs: 60_000 }, 'free');
        const away = scripted(new StoreUnavailableError('away'), 'free');
        const letters = () => deliveries(hot('-a'));
        expectObservable(dataOf(letters().pipe(dedupe({ ...byLetter, seen }))), '^ 2s !').toBe('- 1005ms a');
        const late: string[] = [];
        letters()
          .pipe(dedupe({ ...byLetter, seen: away }))
          .subscribe(({ data }) => late.push(data));
        flush();
        expect(seen.log).to.deep.equal(['claim a', 'claim a', 'claim a']);
        expect([away.log, late]).to.deep.equal([['claim a', 'claim a'], ['a']]);
      }));

    it('ends with what the store refuses for good, and releases', () => {
      const { source, give, errors } = run({ ...byLetter, seen: scripted(new StoreAuthError('no')) });
      give('a1');
      expect([source.log, errors.length]).to.deep.equal([['release a1'], 1]);
    });

    it('completes once nothing is asked any more', () => {
      const answers = new Subject<KeyState>();
      const { give, input, completed, data } = run({ ...byLetter, seen: { ...scripted(), claim: () => answers } });
      give('a1');
      input.complete();
      expect(completed()).to.equal(false);
      answers.next('free');
      expect([completed(), data()]).to.deep.equal([true, 'a1']);
    });

    it('asks the store in one call for what comes in one turn, and frees what nobody waits for', async () => {
      const store = memoryStore();
      const calls: string[] = [];
      const spied = Object.assign(Object.create(store), {
        seen: (name: string, request: Parameters<typeof store.seen>[1]) => {
          calls.push(`${request.kind} ${request.keys.join('')}`);
          return store.seen(name, request);
        },
      });
      const scheduler = undefined as never;
      const options = { store: spied, name: 'n', withinMs: 1_000, maxKeys: 10, scheduler: scheduler ?? NO_TIMERS };
      const seen = new SharedSeen(options);
      const { give, out, running, source } = run({ ...byLetter, seen });
      give('a1', 'b1', 'c1');
      await new Promise((resolve) => setImmediate(resolve));
      expect(calls).to.deep.equal(['claim abc']);
      out[0]?.ack();
      await new Promise((resolve) => setImmediate(resolve));
      expect(calls.at(-1)).to.equal('keep a');
      expect(source.log).to.deep.equal(['ack a1']);
      give('d1');
      running.unsubscribe();
      await new Promise((resolve) => setImmediate(resolve));
      expect(calls.slice(2)).to.deep.equal(['claim d', 'drop d']);
      out[1]?.release();
      out[2]?.release();
      expect(calls.slice(4)).to.deep.equal(['drop b', 'drop c']);
    });
  });
});

/** A scheduler that never comes back. */
const NO_TIMERS = { now: () => Date.now(), schedule: () => NEVER.subscribe() } as never;
