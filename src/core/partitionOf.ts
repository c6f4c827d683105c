import { crc32 } from 'node:zlib';
import { InvalidOptionError } from './errors.ts';

/**
 * The partition that messages of a key go to, from 0: the CRC-32 (of zlib, gzip and PNG) of the key's UTF-8 bytes, modulo
 * the number of partitions. Programs in other languages that publish must reckon the same.
 *
 * @example
 * partitionOf('123456789', 8); // 6: the checksum is 0xCBF43926
 *
 * @throws {InvalidOptionError} if the key is no string, or the number no whole number from 1
 */
export function partitionOf(key: string, partitions: number): number {
  if (typeof key !== 'string') throw new InvalidOptionError('key', key, 'a string');
  if (!Number.isSafeInteger(partitions) || partitions < 1) {
    throw new InvalidOptionError('partitions', partitions, 'a whole number from 1');
  }
  return partitions === 1 ? 0 : crc32(key) % partitions;
}
