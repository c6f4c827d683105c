/** A field of a protobuf message: a number for the varint and fixed types, bytes for everything else. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** The fields of a protobuf message, in order (https://protobuf.dev/programming-guides/encoding). */
export function fieldsOf(message: Uint8Array): readonly Field[] {
  const reader = new Reader(message);
  const fields: Field[] = [];
  while (!reader.done) {
    const tag = Number(reader.varint());
    fields.push({ number: tag >>> 3, value: reader.value(tag & 7) });
  }
  return fields;
}

/** What a double is when it was read as a fixed number. */
export function doubleOf(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.at >= this.bytes.byteLength;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.view.getUint8(this.skip(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  value(wireType: number): bigint | Uint8Array {
    if (wireType === 0) return this.varint();
    if (wireType === 1) return this.view.getBigUint64(this.skip(8), true);
    if (wireType === 5) return BigInt(this.view.getUint32(this.skip(4), true));
    if (wireType !== 2) throw new Error(`OTLP has no wire type ${wireType}`);
    const length = Number(this.varint());
    const start = this.skip(length);
    return this.bytes.subarray(start, this.at);
  }

  /** Where the bytes that are passed over begin. */
  private skip(length: number): number {
    const start = this.at;
    this.at += length;
    return start;
  }
}
