import { crc32 } from 'node:zlib';

/** What of a body was given out: known by its CRC-32 when the body comes from its beginning again. */
export class GivenOut {
  bytes = 0;
  private sum = 0;
  /** Of the body that comes again: the bytes to be left out, and the CRC-32 of those that were. */
  private toSkip = 0;
  private skippedSum = 0;

  /** Whether what was given out has not come again yet. */
  get awaited(): boolean {
    return this.toSkip > 0;
  }

  /** The next bytes are new, or those of the beginning. */
  expect(next: 'new' | 'beginning'): void {
    this.toSkip = next === 'new' ? 0 : this.bytes;
    this.skippedSum = 0;
  }

  /** The bytes that are new, which count as given out. Undefined if those before them differ from what was. */
  take(chunk: Uint8Array): Uint8Array | undefined {
    const known = chunk.subarray(0, this.toSkip);
    this.skippedSum = crc32(known, this.skippedSum);
    this.toSkip -= known.byteLength;
    if (known.byteLength > 0 && !this.awaited && this.skippedSum !== this.sum) return undefined;
    const fresh = chunk.subarray(known.byteLength);
    this.bytes += fresh.byteLength;
    this.sum = crc32(fresh, this.sum);
    return fresh;
  }
}
