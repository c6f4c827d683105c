const SLOTS = 512;
const MAX_BYTES = 128;

interface Slot {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Remembers the strings of byte sequences seen lately: comparing is cheaper than decoding. Bounded. */
export class TextCache {
  private readonly slots: (Slot | undefined)[] = new Array(SLOTS).fill(undefined);

  get(packed: Buffer, from: number, to: number): string {
    if (to - from > MAX_BYTES) return packed.toString('utf8', from, to);
    const index = hash(packed, from, to);
    const slot = this.slots[index];
    if (slot && holds(slot.bytes, packed, from, to)) return slot.text;
    const text = packed.toString('utf8', from, to);
    this.slots[index] = { bytes: new Uint8Array(packed.subarray(from, to)), text };
    return text;
  }
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hash(packed: Buffer, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let i = from; i < to; i += 1) value = Math.imul(value ^ (packed[i] as number), 0x01000193);
  return (value ^ (value >>> 15)) & (SLOTS - 1);
}

function holds(bytes: Uint8Array, packed: Buffer, from: number, to: number): boolean {
  if (bytes.length !== to - from) return false;
  for (let i = 0; i < bytes.length; i += 1) if (bytes[i] !== packed[from + i]) return false;
  return true;
}
