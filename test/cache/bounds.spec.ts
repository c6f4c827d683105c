import { expect } from 'chai';
import fc from 'fast-check';
import {
  concat,
  defer,
  firstValueFrom,
  lastValueFrom,
  NEVER,
  of,
  range,
  take,
  tap,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { memoryStore } from '../../src/adapters/memory/index.ts';
import { processCache } from '../../src/cache/processCache.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { Notice } from '../../src/core/notice.ts';
import { virtualCache } from './support/virtualCache.ts';

const LONG = { ttlMs: 60_000 };

function cacheOf(options: Partial<Parameters<typeof processCache>[0]> = {}) {
  const notices: Notice[] = [];
  const cache = processCache({ name: 'c', notify: (notice) => void notices.push(notice), ...options });
  let calls = 0;
  const get = (key: string, ...values: readonly unknown[]) =>
    firstValueFrom(
      cache
        .get(
          key,
          () =>
            defer(() => {
              calls += 1;
              return of(...values);
            }),
          LONG,
        )
        .pipe(toArray()),
    );
  return { cache, notices, get, calls: () => calls };
}

describe('what a cache keeps in the memory of its process', () => {
  it('is no more entries than maxEntries: what was used least recently goes', async () => {
    const { cache, get, calls } = cacheOf({ maxEntries: 2 });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key, key);
    expect(calls()).to.equal(4);
    const { entries, evictions } = cache.metrics();
    expect([entries, evictions]).to.deep.equal([2, 2]);
  });

  it('takes no room for entries that are not there', async () => {
    const { cache, get } = cacheOf({ maxEntries: Number.MAX_SAFE_INTEGER });
    await get('a', 1);
    expect(cache.metrics().entries).to.equal(1);
  });

  it('is no more bytes than maxBytes, whatever is asked for', async () => {
    const request = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 400 }));
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 60 }), async (requests) => {
        const { cache, get } = cacheOf({ maxBytes: 1_000 });
        for (const [key, size] of requests) {
          const [found] = await get(`k${key}`, 'x'.repeat(size));
          expect(found?.state).to.be.oneOf(['hit', 'miss']);
          expect(cache.metrics().bytes).to.be.at.most(1_000);
        }
      }),
    );
  });

  it('is not what alone is larger than maxBytes, and that leaves the rest where it is', async () => {
    const { cache, get } = cacheOf({ maxBytes: 100 });
    await get('a', 'small');
    await get('b', 'x'.repeat(200));
    expect((await get('a', 'again')).map(({ state }) => state)).to.deep.equal(['hit']);
    expect(cache.metrics().entries).to.equal(1);
  });

  it('is frozen through and through, and what the source emitted is not', async () => {
    const { cache } = cacheOf();
    const mine = { list: [{ deep: 1 }] };
    const [found] = await firstValueFrom(cache.get('k', () => of(mine), LONG).pipe(toArray()));
    expect(found?.value).to.deep.equal(mine);
    expect(() => Object.assign(found?.value.list[0] ?? {}, { deep: 2 })).to.throw(TypeError);
    expect(Object.isFrozen(mine)).to.equal(false);
  });

  it('is what JSON makes of it, also for who fetched it; no integer loses a digit', async () => {
    const { get } = cacheOf();
    const values = [
      { big: 2n ** 63n, small: 5n, at: new Date(0), none: undefined, n: 9_007_199_254_740_991 },
      null,
      'é',
    ];
    const expected = [
      { big: 9_223_372_036_854_775_808n, small: 5, at: '1970-01-01T00:00:00.000Z', n: 9_007_199_254_740_991 },
      null,
      'é',
    ];
    for (const state of ['miss', 'hit']) {
      const found = await get('k', ...values);
      expect(found.map(({ value }) => value)).to.deep.equal(expected);
      expect(found.map((each) => each.state)).to.deep.equal([state, state, state]);
    }
  });

  it('is a number where it was one, however large, in any process', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const values = [2.2e16, -1e20, 1e22, 2 ** 53, 9_007_199_254_740_993n].map((value) => ({
        toJSON: () => [typeof value, value],
      }));
      for (const name of ['one', 'two']) at(1, () => ask(name, process(), upstream(name, 0, ...values)));
    });
    const kept = ['number,22000000000000000', 'number,-100000000000000000000', 'number,1e+22'];
    kept.push('number,9007199254740992', 'bigint,9007199254740993');
    expect(log.slice(1)).to.deep.equal(
      ['one', 'two'].flatMap((name) => kept.map((value) => `1 ${name}: ${value} ${name === 'one' ? 'miss' : 'hit'} 0`)),
    );
  });

  it('may be a list without any value', async () => {
    const { cache, get, calls } = cacheOf();
    expect([await get('k'), await get('k'), calls()]).to.deep.equal([[], [], 1]);
    expect(cache.metrics().hits).to.equal(1);
  });
});

describe('what is larger than maxEntryBytes', () => {
  it('passes through, marked, as it comes, and is fetched each time; a notice says so once', async () => {
    const { cache, notices, get, calls } = cacheOf({ maxEntryBytes: 20 });
    for (const _ of [1, 2]) {
      const found = await get('k', 'ten bytes.', 'ten bytes.', 'last');
      expect(found.map(({ value, state }) => `${value} ${state}`)).to.deep.equal([
        'ten bytes. bypass',
        'ten bytes. bypass',
        'last bypass',
      ]);
    }
    expect(calls()).to.equal(2);
    expect(notices.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
      "CACHE_BYPASS cache 'c' does not keep 'k', it passes through: it has more than 20 bytes as JSON (raise `maxEntryBytes`)",
    ]);
    expect(cache.metrics()).to.include({ bypassed: 2, entries: 0 });
  });

  it('is named by the first hundred characters of its key', async () => {
    const { notices, get } = cacheOf({ maxEntryBytes: 4 });
    await get('k'.repeat(100_000), 'large');
    expect(notices[0]?.message).to.include(`does not keep '${'k'.repeat(100)}…', it`);
  });

  it('counts bytes, not characters, to the byte', async () => {
    const { get } = cacheOf({ maxEntryBytes: 11 });
    expect((await get('fits', 'éé', 1))[0]?.state).to.equal('miss');
    expect((await get('not', 'éé', 12))[0]?.state).to.equal('bypass');
  });

  it('goes to all who wait, from the first value on; another process is not held up, and fetches for itself', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const options = { maxEntryBytes: 12 };
      const [one, two] = [process(options), process(options)];
      const many = concat(upstream('first', 10, 'aaaa'), timer(10), of('bbbb'), timer(1_000), of('cccc'));
      ask('1st', one, many);
      ask('2nd', one, many);
      at(25, () => ask('3rd', one, upstream('third', 5, 'x')));
      at(15, () => ask('two', two, upstream('second', 5, 'y')));
    });
    expect(log.slice(0, 6)).to.deep.equal([
      '0 first called',
      '20 1st: aaaa bypass 0',
      '20 1st: 0 bypass 0',
      '20 1st: bbbb bypass 0',
      '20 2nd: aaaa bypass 0',
      '20 2nd: 0 bypass 0',
    ]);
    expect(log).to.include('25 third called').and.to.include('1020 1st: cccc bypass 0');
    expect(log.some((line) => /^[234]\d two: x hit/.test(line) || line.endsWith('second called'))).to.equal(true);
  });

  it('that fails later fails for all who got it; the last who leaves ends it', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process({ maxEntryBytes: 4 });
      ask(
        '1st',
        one,
        concat(
          upstream('first', 10, 'aaaa'),
          timer(10),
          throwError(() => new Error('no')),
        ),
        {},
        'x',
      );
      const leave = ask('2nd', one, concat(upstream('second', 10, 'aaaa'), NEVER), {}, 'y');
      at(30, () => leave());
    });
    expect(log.slice(2)).to.deep.equal([
      '10 1st: aaaa bypass 0',
      '10 2nd: aaaa bypass 0',
      '20 1st: 0 bypass 0',
      '20 1st: Error no',
    ]);
  });

  it('may be endless: a subscriber that takes its fill ends it, though it emits at once', async () => {
    const { cache } = cacheOf({ maxEntryBytes: 100 });
    let emitted = 0;
    const endless = range(0, 1e9).pipe(
      tap(() => {
        emitted += 1;
      }),
    );
    const all = await lastValueFrom(cache.get('k', () => endless, LONG).pipe(take(1_000), toArray()));
    expect([all.length, all[999]?.value]).to.deep.equal([1_000, 999]);
    expect(emitted).to.be.at.most(1_001);
  });
});

describe('what JSON has no form for', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  for (const [name, value] of Object.entries({ undefined: undefined, 'a function': () => 1, 'a cycle': cycle })) {
    it(`passes through uncached: ${name}`, async () => {
      const { get, notices } = cacheOf();
      const found = await get('k', 'before', value);
      expect(found.map(({ state }) => state)).to.deep.equal(['bypass', 'bypass']);
      expect(found[1]?.value).to.equal(value);
      expect(notices[0]?.message).to.match(/it passes through: data can't be written as JSON/);
    });
  }
});

describe('what the store has that no cache wrote', () => {
  for (const payload of ['no JSON', '{"not":"a list"}', '']) {
    it(`is fetched anew: '${payload}'`, () => {
      const log = virtualCache(({ process, ask, upstream, store }) => {
        const place = { cache: 'c', key: 'k' };
        store.ask(place, { token: 't', leaseMs: 100, freshMs: 0, freshErrorMs: 0 }).subscribe();
        store.land(place, 't', { error: false, payload, keepMs: 10_000 }).subscribe();
        ask('1st', process(), upstream('first', 0, 'a'));
      });
      expect(log).to.deep.equal(['0 first called', '0 1st: a miss 0']);
    });
  }
});

describe('what a memory store keeps for caches', () => {
  it('is no more than cacheBytes', async () => {
    const { cache: store } = memoryStore({ cacheBytes: 10_000 });
    const request = { token: 't', leaseMs: 1_000, freshMs: 1_000, freshErrorMs: 0 };
    let kept = 0;
    for (let i = 0; i < 100; i += 1) {
      await lastValueFrom(store.ask({ cache: 'c', key: `${i}` }, request));
      await lastValueFrom(
        store.land({ cache: 'c', key: `${i}` }, 't', { error: false, payload: 'x'.repeat(700), keepMs: 60_000 }),
      );
    }
    for (let i = 0; i < 100; i += 1)
      kept += (await lastValueFrom(store.ask({ cache: 'c', key: `${i}` }, request))).kept ? 1 : 0;
    expect(kept).to.be.within(5, 10);
  });

  it('takes a whole number of bytes', () => {
    expect(() => memoryStore({ cacheBytes: 0 })).to.throw(
      InvalidOptionError,
      'cacheBytes is 0: it takes a whole number from 1',
    );
  });
});
