import { TextCache } from './textCache.ts';

/** Texts that come again and again: topics, types, encodings. */
const texts = new TextCache();

/**
 * Reads what `cmsgpack.pack` wrote, piece by piece and in order: arrays, strings and numbers of MessagePack
 * (github.com/msgpack/msgpack, spec.md).
 */
export class PackedReply {
  private at = 0;

  constructor(private readonly packed: Buffer) {}

  /** Starts an array: how many items follow. */
  array(): number {
    const head = this.byte();
    if ((head & 0xf0) === 0x90) return head & 0x0f;
    if (head === 0xdc) return this.uint(2);
    if (head === 0xdd) return this.uint(4);
    // An empty table is an empty map to some versions.
    if (head === 0x80) return 0;
    throw unexpected('an array', head);
  }

  /** Whether an array follows. */
  get isArray(): boolean {
    const head = this.packed[this.at] as number;
    return (head & 0xf0) === 0x90 || head === 0xdc || head === 0xdd;
  }

  number(): number {
    const head = this.byte();
    if (head < 0x80) return head;
    if (head >= 0xe0) return head - 0x100;
    const width = NUMBER_WIDTHS[head - 0xca];
    if (width === undefined) throw unexpected('a number', head);
    const at = this.at;
    this.at += width;
    switch (head) {
      case 0xcb:
        return this.packed.readDoubleBE(at);
      case 0xca:
        return this.packed.readFloatBE(at);
      case 0xcf:
        return Number(this.packed.readBigUInt64BE(at));
      case 0xd3:
        return Number(this.packed.readBigInt64BE(at));
      default:
        return head < 0xd0 ? this.packed.readUIntBE(at, width) : this.packed.readIntBE(at, width);
    }
  }

  /** A view into the reply. */
  bytes(): Buffer {
    const length = this.stringLength();
    this.at += length;
    return this.packed.subarray(this.at - length, this.at);
  }

  /** A string of ASCII. */
  ascii(): string {
    const length = this.stringLength();
    this.at += length;
    return this.packed.toString('latin1', this.at - length, this.at);
  }

  text(): string {
    const length = this.stringLength();
    this.at += length;
    return length === 0 ? '' : this.packed.toString('utf8', this.at - length, this.at);
  }

  /** A text that is likely to come again. */
  familiarText(): string {
    const length = this.stringLength();
    this.at += length;
    return length === 0 ? '' : texts.get(this.packed, this.at - length, this.at);
  }

  /** Passes over the expected bytes, if they are what follows. */
  passes(expected: Uint8Array): boolean {
    const { packed, at } = this;
    for (let i = 0; i < expected.length; i += 1) {
      if (packed[at + i] !== expected[i]) return false;
    }
    this.at = at + expected.length;
    return true;
  }

  /** Where it is; set it to read again. */
  get position(): number {
    return this.at;
  }

  set position(at: number) {
    this.at = at;
  }

  private stringLength(): number {
    const head = this.byte();
    if ((head & 0xe0) === 0xa0) return head & 0x1f;
    if (head === 0xd9) return this.uint(1);
    if (head === 0xda) return this.uint(2);
    if (head === 0xdb) return this.uint(4);
    throw unexpected('a string', head);
  }

  private byte(): number {
    const value = this.packed[this.at];
    if (value === undefined) throw new RangeError('a packed reply ends too early');
    this.at += 1;
    return value;
  }

  private uint(width: number): number {
    this.at += width;
    return this.packed.readUIntBE(this.at - width, width);
  }
}

/** The bytes of a number by its head, from 0xca on: two floats, four unsigned, four signed. */
const NUMBER_WIDTHS = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8];

function unexpected(wanted: string, head: number): RangeError {
  return new RangeError(`a packed reply has 0x${head.toString(16)} in place of ${wanted}`);
}
