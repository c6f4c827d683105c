/** A field of a protobuf message: a number for the varint and fixed types, bytes for everything else. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** The fields of a protobuf message, in order (https://protobuf.dev/programming-guides/encoding). */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  while (at < bytes.byteLength) {
    const tag = Number(varint());
    yield { number: tag >>> 3, value: read(tag & 7) };
  }

  function read(wire: number): bigint | Uint8Array {
    if (wire === 0) return varint();
    if (wire === 2) return take(Number(varint()));
    if (wire === 1) return viewOf(take(8)).getBigUint64(0, true);
    if (wire === 5) return BigInt(viewOf(take(4)).getUint32(0, true));
    throw new Error(`wire type ${wire} at ${at} is not used by OTLP`);
  }
}

/** What a double is when it was read as a fixed number. */
export function doubleOf(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
