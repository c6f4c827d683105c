import { expect } from 'chai';
import { dbnomics } from '../../../src/adapters/dbnomics/index.ts';
import { InvalidOptionError } from '../../../src/core/errors.ts';

const api = dbnomics({ fetch: () => Promise.reject(new Error('nothing is to be asked')) });
const one = { provider: 'BIS', dataset: 'cbpol' };

describe('options of dbnomics', () => {
  const misuses: readonly (readonly [string, () => unknown, string])[] = [
    ['an option that is misspelt', () => dbnomics({ atempts: 3 } as never), 'the nearest is attempts'],
    ['an address in place of options', () => dbnomics('https://mirror' as never), 'options is'],
    [
      'a rate in place of a limit',
      () => dbnomics({ limit: { rate: 5 } } as never),
      'limit is {"rate":5}: it takes what bus.rateLimit',
    ],
    ['a wait in place of waits', () => dbnomics({ backoff: 500 } as never), 'backoff is 500'],
    ['waits that are misspelt', () => dbnomics({ backoff: { initialms: 5 } } as never), 'the nearest is initialMs'],
    ['a circuit that is misspelt', () => dbnomics({ circuit: { resMs: 5 } } as never), 'the nearest is restMs'],
    [
      'a mask that is misspelt, which would ask for all of it',
      () => api.series({ ...one, msk: 'M.' } as never),
      'the nearest is mask',
    ],
    ['an id alone', () => api.series('ECB/EXR/D' as never), 'the query is'],
    ['no query', () => api.observations(undefined as never), 'the query is undefined'],
    ['a query of nothing', () => api.series({} as never), 'or give ids'],
    ['ids and a dataset', () => api.series({ ids: ['ECB/EXR/D'], ...one } as never), 'no provider and no dataset'],
    [
      'one code of a dimension',
      () => api.series({ ...one, dimensions: { geo: 'fr' } } as never),
      "{ geo: ['fr', 'de'] }",
    ],
    [
      'days in the wrong order',
      () => api.series({ ...one, from: '2020-01-01', to: '2019-01-01' }),
      'not after `to`, 2019-01-01',
    ],
    ['facets of what is misspelt', () => api.facets({ ...one, dimension: {} } as never), 'the nearest is dimensions'],
    ['a search for nothing', () => api.search('' as never), 'q is'],
    ['a search by an object', () => api.search({ q: 'x' } as never), 'words to look for'],
    ['a watch without options', () => api.watch(['ECB/EXR/D'], undefined as never), 'everyMs, state'],
    ['a watch that is misspelt', () => api.watch(['ECB/EXR/D'], { every: 5 } as never), 'every is 5'],
  ];
  for (const [title, misuse, message] of misuses) {
    it(`refuse ${title}`, () => {
      expect(misuse).throw(InvalidOptionError, message);
    });
  }
});
