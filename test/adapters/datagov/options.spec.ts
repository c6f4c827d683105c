import { expect } from 'chai';
import { datagov, memoryWatchState } from '../../../src/adapters/datagov/index.ts';
import { InvalidOptionError } from '../../../src/core/errors.ts';

const api = datagov({ via: 'direct', fetch: () => Promise.reject(new Error('nothing is to be asked')) });
const watched = { everyMs: 1_000, state: memoryWatchState() };

describe('options of datagov', () => {
  const misuses: readonly (readonly [string, () => unknown, string])[] = [
    ['a way that is misspelt', () => datagov({ vai: 'direct' } as never), 'the nearest is via'],
    ['words alone, which would ask for all of the catalog', () => api.search('air' as never), 'the query is'],
    ['words under another name, likewise', () => api.search({ query: 'air' } as never), 'there is no such option'],
    ['a number for words', () => api.search({ q: 5 } as never), 'q is 5: it takes a text'],
    [
      'one type of organizations',
      () => api.search({ orgTypes: 'University' } as never),
      "orgTypes is 'University': it takes an array",
    ],
    ['one keyword', () => api.search({ keywords: 'air' } as never), "keywords is 'air': it takes an array"],
    ['no options of a watch', () => api.watchCatalog(undefined as never), 'options is undefined'],
    [
      'a watch that is misspelt',
      () => api.watchCatalog({ ...watched, sinse: new Date() } as never),
      'the nearest is since',
    ],
    [
      'a download that is misspelt',
      () => api.download('https://files.example/x.csv', { delimeter: ';' } as never),
      'the nearest is delimiter',
    ],
    ['places of no name', () => api.locations(undefined as never), 'a part of a name'],
  ];
  for (const [title, misuse, message] of misuses) {
    it(`refuse ${title}`, () => {
      expect(misuse).throw(InvalidOptionError, message);
    });
  }

  it('do not show a key under another name', () => {
    expect(() => datagov({ apiKey: 'hunter2' } as never)).throw("apiKey is '***'");
  });
});
