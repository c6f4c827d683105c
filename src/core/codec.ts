/** A payload as the store keeps it. Text is kept as UTF-8. */
export type Payload = string | Uint8Array;

/** Bytes to data and back, named by `encoding`. */
export interface Codec {
  /** The name written beside each payload. */
  readonly encoding: string;
  /** @throws {EncodeError} if the data can't be written */
  encode(data: unknown): Payload;
  /** @throws {DecodeError} if the payload can't be read */
  decode(payload: Payload): unknown;
  /**
   * Reads as many payloads as `count` says in one go, where that is faster than one by one: they are given joined by
   * commas and in brackets. Undefined if they must be read one by one after all, to find out which can't be.
   */
  decodeJoined?(joined: string, count: number): readonly unknown[] | undefined;
}
