import { crc32 } from 'node:zlib';

/**
 * The partition that messages of a key go to, from 0: the CRC-32 (of zlib, gzip and PNG) of the key's UTF-8 bytes, modulo
 * the number of partitions. Programs in other languages that publish must reckon the same.
 *
 * @example
 * partitionOf('123456789', 8); // 6: the checksum is 0xCBF43926
 */
export function partitionOf(key: string, partitions: number): number {
  return partitions === 1 ? 0 : crc32(key) % partitions;
}
