import { expect } from 'chai';
import fc from 'fast-check';
import { cacheKey } from '../../src/services/serving/cacheKey.ts';

class Account {
  constructor(readonly owner: string) {}
}

describe('cacheKey', () => {
  it('is the same whatever the order of fields, and without those that are undefined', () => {
    const one = cacheKey('prices.get', { a: 1, b: { c: [2, 3], d: null }, e: undefined });
    expect(one).equal('prices.get {"a":1,"b":{"c":[2,3],"d":null}}');
    expect(cacheKey('prices.get', { b: { d: null, c: [2, 3] }, a: 1 })).equal(one);
  });

  it('tells apart whatever is not the same', () => {
    const values = [
      ...[1, '1', 1n, '1n', true, 'true', null, 'null', undefined, Number.NaN, Infinity, '', [], {}, [[]], ['1,2']],
      ...[[1, 2], [2, 1], ['1', '2'], [null], [undefined], { 1: 2 }, { a: 1, b: 2 }, { a: '1,"b":2' }, { a: { b: 2 } }],
      ...[new Set(), new Set(['a']), new Set(['b']), new Map(), new Map([['a', 1]]), new Map([['a', 2]]), [['a', 1]]],
      ...[new Date(0), new Date(1), '1970-01-01T00:00:00.000Z', 0, JSON.parse('{"__proto__":{"a":1}}')],
    ];
    const keys = values.map((value) => cacheKey('prices.get', { value, other: 1 }));
    expect(new Set(keys)).property('size', values.length);
    expect(cacheKey('prices.get', {})).not.equal(cacheKey('prices.gets', {}));
  });

  it('is there for any data, however long, and for equal data equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const key = cacheKey('prices.get', value);
        expect(key).a('string').and.property('length').below(300);
        expect(cacheKey('prices.get', structuredClone(value))).equal(key);
      }),
    );
  });

  it('is none of what does not show what it holds', () => {
    for (const opaque of [new Account('me'), new Uint8Array(1), /x/, Symbol('x'), () => 1]) {
      expect(cacheKey('prices.get', { deep: [opaque] })).equal(undefined);
      expect(cacheKey('prices.get', new Set([opaque]))).equal(undefined);
    }
  });
});
