import { expect } from 'chai';
import { checkOptions } from '../../src/core/checkOptions.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';

const NAMES = { mask: true, dataset: true, ttlMs: true } as const;
const said = (options: unknown) => () => checkOptions('the query', options, NAMES);

describe('checkOptions', () => {
  it('takes any of the options, and none', () => {
    checkOptions('the query', {}, NAMES);
    checkOptions('the query', { mask: 'M.', ttlMs: undefined }, NAMES);
  });

  it('takes what is undefined for what is not there', () => {
    checkOptions('the query', { msk: undefined }, NAMES);
  });

  for (const [options, message] of [
    [{ msk: 'M.' }, "msk is '***': it takes nothing, for there is no such option: the nearest is mask"],
    [{ ttlms: 5 }, 'ttlms is 5: it takes nothing, for there is no such option: the nearest is ttlMs'],
    [
      { password: 'hunter2' },
      "password is '***': it takes nothing, for there is no such option: there are mask, dataset, ttlMs",
    ],
    [{ toString: 1 }, 'toString is 1: it takes nothing'],
    [undefined, 'the query is undefined: it takes an object of options: mask, dataset, ttlMs'],
    [null, 'the query is null'],
    ['hunter2', "the query is '***'"],
    [['M.'], 'the query is ["M."]'],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      expect(said(options)).throw(InvalidOptionError, message);
    });
  }
});
