import { expect } from 'chai';
import { cacheKey } from '../../src/services/serving/cacheKey.ts';

const LARGE = 'x'.repeat(1_000);

describe('the key of an answer', () => {
  it('is the same for the same parameters, whatever the order of their fields', () => {
    expect(cacheKey('t', { a: 1, b: { c: [1, { e: 1, d: 2 }] } })).to.equal(
      cacheKey('t', { b: { c: [1, { d: 2, e: 1 }] }, a: 1 }),
    );
    expect(cacheKey('t', { a: LARGE, b: 1 })).to.equal(cacheKey('t', { b: 1, a: LARGE }));
  });

  it('is another for each other request, a BigInt and its text included', () => {
    const all = [
      undefined,
      null,
      {},
      [],
      '',
      'null',
      5,
      '5',
      '5n',
      2n ** 64n,
      `${2n ** 64n}`,
      `${2n ** 64n}n`,
      [1, 2],
      [2, 1],
    ];
    const large = [LARGE, `${LARGE}x`, [LARGE]];
    const keys = ['t', 't u'].flatMap((topic) => [...all, ...large].map((params) => cacheKey(topic, { params })));
    expect(new Set(keys).size).to.equal(keys.length);
  });
});
