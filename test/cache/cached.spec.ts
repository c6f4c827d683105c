import { expect } from 'chai';
import { EMPTY, NEVER, Observable, of, Subject, take, throwError } from 'rxjs';
import { type CachedOptions, cached } from '../../src/cache/cached.ts';
import { processCache } from '../../src/cache/processCache.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { StoreClosedError } from '../../src/core/storeErrors.ts';
import { chainOf } from '../../src/internal/graph.ts';
import { VirtualTime } from '../support/virtualTime.ts';

const optionsOf = <T>(options: Partial<CachedOptions<T>> = {}): CachedOptions<T> => ({
  cache: processCache({ name: 'c' }),
  key: 'k',
  ttlMs: 100,
  ...options,
});

describe('cached', () => {
  it('subscribes to its source once within ttlMs, and hands on what that brought', () => {
    new VirtualTime().run(({ cold, expectObservable, expectSubscriptions, time }) => {
      const source = cold('--(ab|)');
      const result = source.pipe(cached(optionsOf()));
      expectObservable(result).toBe('--(ab|)');
      expectObservable(result, '50ms ^').toBe('50ms (ab|)');
      expectObservable(result, '110ms ^').toBe('112ms (ab|)');
      expectSubscriptions(source.subscriptions).toBe(['^-!', '110ms ^-!']);
      expect(time('|')).to.equal(0);
    });
  });

  it('waits for its source to complete, and hands on nothing of one that fails half way', () => {
    new VirtualTime().run(({ cold, expectObservable }) => {
      expectObservable(cold('-a-b---|').pipe(cached(optionsOf()))).toBe('-------(ab|)');
      expectObservable(cold('-a-b-#').pipe(cached(optionsOf()))).toBe('-----#', {}, new Error('error'));
    });
  });

  it('completes with an empty source, fails with one that fails, and is silent with one that never emits', () => {
    new VirtualTime().run(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(cached(optionsOf()))).toBe('|');
      expectObservable(throwError(() => 'error').pipe(cached(optionsOf()))).toBe('#', {}, new Error('error'));
      expectObservable(NEVER.pipe(cached(optionsOf()))).toBe('-');
    });
  });

  it('leaves its source when it is unsubscribed, through the operators behind it', () => {
    new VirtualTime().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-----(a|)');
      expectObservable(source.pipe(cached(optionsOf())), '^--!').toBe('---');
      expectSubscriptions(source.subscriptions).toBe('^--!');
      const other = cold('-----(a|)');
      expectObservable(other.pipe(cached(optionsOf()), take(1)), '^---!').toBe('----');
      expectSubscriptions(other.subscriptions).toBe('^---!');
    });
  });

  it('hands on no more to who unsubscribes while it hands on', () => {
    const cache = processCache({ name: 'c' });
    for (const _ of ['miss', 'hit']) {
      const seen: number[] = [];
      of(1, 2, 3)
        .pipe(cached({ cache, key: 'k', ttlMs: 100 }), take(2))
        .subscribe((value) => seen.push(value));
      expect(seen).to.deep.equal([1, 2]);
    }
  });

  it('may be asked again for its key while it hands on', () => {
    const cache = processCache({ name: 'c' });
    const seen: string[] = [];
    const source = of('a').pipe(cached({ cache, key: 'k', ttlMs: 100 }));
    source.subscribe((outer) => source.subscribe((inner) => seen.push(outer + inner)));
    expect([seen, cache.metrics().flights]).to.deep.equal([['aa'], 1]);
  });

  it('makes its key at each subscription', () => {
    let number = 0;
    const keys = ['x', 'y', 'x'];
    let calls = 0;
    const source = new Observable<string>((subscriber) => {
      calls += 1;
      subscriber.next('a');
      subscriber.complete();
    }).pipe(cached({ ...optionsOf<string>(), key: () => keys[number++] as string }));
    for (const _ of keys) source.subscribe();
    expect(calls).to.equal(2);
  });

  it('tells where each value comes from', () => {
    const told: string[] = [];
    const source = of('a').pipe(
      cached(optionsOf<string>({ told: ({ value, state }) => told.push(`${value} ${state}`) })),
    );
    source.subscribe();
    source.subscribe();
    expect(told).to.deep.equal(['a miss', 'a hit']);
  });

  it('fails with what its key or `told` throws, or a key that is no text', () => {
    const errors: unknown[] = [];
    const fails = (options: Partial<CachedOptions<number>>) =>
      of(1)
        .pipe(cached(optionsOf(options)))
        .subscribe({ error: ({ message }) => errors.push(message) });
    const thrower = () => {
      throw new Error('no');
    };
    fails({ key: thrower });
    fails({ told: thrower });
    fails({ key: () => 7 as never });
    expect(errors).to.deep.equal(['no', 'no', 'key is 7: it takes a text']);
  });

  it('fails with what making the source throws', () => {
    const cache = processCache({ name: 'c' });
    let error: unknown;
    const thrower = () => {
      throw new Error('no source');
    };
    cache.get('k', thrower, { ttlMs: 1 }).subscribe({ error: (cause) => (error = cause) });
    expect(error).to.be.an('error').with.property('message', 'no source');
  });

  it('has its place in a graph', () => {
    expect(chainOf(of(1).pipe(cached(optionsOf())))).to.deep.equal([
      { kind: 'operator', name: 'cached', attributes: { cache: 'c', ttlMs: 100 } },
    ]);
  });

  it('refuses options that make no sense, by their names', () => {
    const refuses = (options: Record<string, unknown>, message: string) =>
      expect(() => cached(optionsOf(options))).to.throw(InvalidOptionError, message);
    refuses({ cache: {} }, 'cache is {}: it takes what `bus.cache(…)` gives');
    refuses({ key: 7 }, 'key is 7: it takes a text, or a function that gives one');
    refuses({ told: 7 }, 'told is 7: it takes a function');
    for (const ttlMs of [0, -1, 1.5, Number.NaN, Infinity, 2_592_000_001, undefined]) {
      refuses({ ttlMs }, `ttlMs is ${ttlMs}: it takes a whole number of ms from 1 to 2592000000 (30 days)`);
    }
    for (const option of ['staleMs', 'staleIfErrorMs', 'negativeMs']) {
      refuses({ [option]: -1 }, `${option} is -1: it takes a whole number of ms from 0`);
    }
    refuses({ negative: { X: 'y' } }, 'negative is {"X":"y"}: it takes an object with a function (message) => Error');
  });
});

describe('a cache', () => {
  it('of a process refuses options that make no sense, by their names', () => {
    const refuses = (options: Record<string, unknown>, message: string) =>
      expect(() => processCache({ name: 'c', ...options })).to.throw(InvalidOptionError, message);
    for (const name of ['', 'a b', 'a:b', 'a{b', 'x'.repeat(129), 7]) refuses({ name }, 'it takes a name of 1 to 128');
    for (const option of ['maxBytes', 'maxEntries', 'maxEntryBytes']) {
      for (const value of [0, 1.5, '1'])
        refuses({ [option]: value }, `${option} is ${value === '1' ? "'1'" : value}: it takes`);
    }
  });

  it('refuses to be asked without a policy', () => {
    const cache = processCache({ name: 'c' });
    for (const policy of [undefined, null, 60_000]) {
      expect(() => cache.get('k', () => of(1), policy as never)).to.throw(
        InvalidOptionError,
        `policy is ${policy}: it takes an object with \`ttlMs\``,
      );
    }
  });

  it('can be removed from and cleared without a store', async () => {
    const cache = processCache({ name: 'c' });
    const states: string[] = [];
    const ask = () => cache.get('k', () => of(1), { ttlMs: 100 }).subscribe(({ state }) => states.push(state));
    ask();
    await cache.remove('k');
    ask();
    await cache.clear();
    ask();
    ask();
    expect(states).to.deep.equal(['miss', 'miss', 'miss', 'hit']);
  });

  it('of a process keeps nothing of a flight whose key was removed', async () => {
    const cache = processCache({ name: 'c' });
    const slow = new Subject<string>();
    const seen: string[] = [];
    const ask = (source: Observable<string>) =>
      cache.get('k', () => source, { ttlMs: 1e6 }).subscribe(({ value, state }) => seen.push(`${value} ${state}`));
    ask(slow);
    await cache.remove('k');
    slow.next('old');
    slow.complete();
    ask(of('new'));
    expect(seen).to.deep.equal(['old miss', 'new miss']);
  });

  it('counts what it was asked and what became of that', async () => {
    const cache = processCache({ name: 'c' });
    const slow = new Subject<number>();
    const ask = (source: Observable<unknown>, key = 'k') =>
      cache.get(key, () => source, { ttlMs: 1e6 }).subscribe({ error: () => undefined });
    ask(slow);
    ask(slow);
    slow.next(1);
    slow.complete();
    ask(slow);
    ask(
      throwError(() => 'x'),
      'other',
    );
    const { bytes, ...counts } = cache.metrics();
    expect(bytes).to.equal('[1]'.length + 'k'.length);
    expect(counts).to.deep.equal({
      hits: 1,
      localHits: 1,
      misses: 2,
      stale: 0,
      negative: 0,
      bypassed: 0,
      failed: 1,
      flights: 2,
      failedFlights: 1,
      lostFlights: 0,
      waits: 0,
      storeFailures: 0,
      evictions: 0,
      entries: 1,
    });
  });

  it('that is closed fails those who wait and those who come', () => {
    const cache = processCache({ name: 'c' }) as ReturnType<typeof processCache> & { close(): void };
    const errors: unknown[] = [];
    const ask = () => cache.get('k', () => NEVER, { ttlMs: 100 }).subscribe({ error: (error) => errors.push(error) });
    ask();
    cache.close();
    ask();
    expect(errors.map((error) => error instanceof StoreClosedError)).to.deep.equal([true, true]);
  });
});
