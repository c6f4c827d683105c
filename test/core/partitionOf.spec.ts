import { expect } from 'chai';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { partitionOf } from '../../src/core/partitionOf.ts';

describe('partitionOf', () => {
  it('is the CRC-32 of the UTF-8 bytes, modulo the number of partitions', () => {
    // The checksums are those of Python's zlib.crc32(key.encode()).
    const vectors: readonly [key: string, checksum: number][] = [
      ['', 0],
      ['a', 0xe8b7be43],
      ['123456789', 0xcbf43926],
      ['order-42', 0x57f706de],
      ['Zürich', 0xd30ba93e],
      ['日本', 0xc7b7cdcc],
    ];
    for (const [key, checksum] of vectors) {
      for (const count of [2, 3, 8, 1_024]) expect(partitionOf(key, count), key).to.equal(checksum % count);
    }
  });

  it('is 0 where there is but one', () => {
    expect(partitionOf('anything', 1)).to.equal(0);
  });

  it('refuses a number that is none, and a key that is no string', () => {
    for (const count of [0, -1, 1.5, NaN, Infinity, '8', undefined]) {
      expect(() => partitionOf('a', count as number), String(count)).to.throw(
        InvalidOptionError,
        /^partitions is .*from 1$/,
      );
    }
    expect(() => partitionOf(42 as never, 8)).to.throw(InvalidOptionError, 'key is 42: it takes a string');
  });

  it('spreads numbered keys evenly', () => {
    const counts = new Array(8).fill(0);
    for (let i = 0; i < 8_000; i += 1) counts[partitionOf(`customer-${i}`, 8)] += 1;
    for (const count of counts) expect(count).to.be.within(850, 1_150);
  });
});
