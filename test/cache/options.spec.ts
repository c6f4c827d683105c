import { expect } from 'chai';
import { lastValueFrom, of } from 'rxjs';
import { cached } from '../../src/cache/cached.ts';
import { processCache } from '../../src/cache/processCache.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { connect } from '../../src/index.ts';

const cache = processCache({ name: 'rates' });
const ask = (policy: object) => cache.get('EUR', () => of(1), policy as never);

describe('options of a cache', () => {
  const misuses: readonly (readonly [string, () => unknown, string])[] = [
    ['no options', () => processCache(undefined as never), 'options is undefined'],
    ['one that is misspelt', () => processCache({ name: 'x', maxEntires: 5 } as never), 'the nearest is maxEntries'],
    ['no policy', () => cache.get('EUR', () => of(1), undefined as never), 'policy is undefined'],
    ['a policy that is misspelt', () => ask({ ttlMs: 5, staleifErrMs: 5 }), 'the nearest is staleIfErrorMs'],
    ['a time under another name', () => ask({ ttl: 5 }), 'the nearest is ttlMs'],
    ['no options of cached', () => cached(undefined as never), 'options is undefined'],
    ['one of cached that is misspelt', () => cached({ cache, kye: 'x', ttlMs: 5 } as never), 'the nearest is key'],
  ];
  for (const [title, misuse, message] of misuses) {
    it(`refuse ${title}`, () => {
      expect(misuse).throw(InvalidOptionError, message);
    });
  }

  it('refuse what is misspelt of bus.cache', async () => {
    await using bus = await connect();
    expect(() => bus.cache({ name: 'x', ttlMs: 5 } as never)).throw(InvalidOptionError, 'ttlMs is 5');
    const kept = bus.cache({ name: 'x', maxEntries: 5 });
    expect(await lastValueFrom(of(1).pipe(cached({ cache: kept, key: 'one', ttlMs: 5 })))).equal(1);
  });
});
