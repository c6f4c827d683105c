const NOTHING: Buffer = Buffer.alloc(0);

/**
 * What the server sends, and how far it was read: lines and bulk strings of RESP2
 * (redis.io/docs/latest/develop/reference/protocol-spec). What is cut off is there when more has come.
 */
export class ReplyBytes {
  /** Replaced as more comes; read it anew each time. */
  bytes = NOTHING;
  /** Where to read on. Set it back to read again what was cut off. */
  at = 0;
  /** Where the last bulk string begins and ends. */
  from = 0;
  to = 0;
  private readonly behind: Buffer[] = [];
  private behindBytes = 0;
  /** How many bytes there must be before it is worth reading on. */
  private needed = 0;

  /** Takes a chunk; whether it is worth reading on. */
  push(chunk: Buffer): boolean {
    const left = this.bytes.length - this.at;
    if (left + this.behindBytes + chunk.length < this.needed - this.at) {
      this.behind.push(chunk);
      this.behindBytes += chunk.length;
      return false;
    }
    const joins = left > 0 || this.behindBytes > 0;
    this.bytes = joins ? Buffer.concat([this.bytes.subarray(this.at), ...this.behind.splice(0), chunk]) : chunk;
    this.behindBytes = 0;
    this.needed = 0;
    this.at = 0;
    return true;
  }

  /** Whether all that came was read. */
  get empty(): boolean {
    return this.at === this.bytes.length && this.behindBytes === 0;
  }

  /** What the next reply or element begins with; undefined if nothing has come. */
  get sign(): number | undefined {
    return this.bytes[this.at];
  }

  /** Passes over a line; its text behind the sign. Undefined if it is not whole. */
  line(): string | undefined {
    const end = this.bytes.indexOf('\r\n', this.at);
    if (end < 0) return undefined;
    const text = this.bytes.toString('utf8', this.at + 1, end);
    this.at = end + 2;
    return text;
  }

  /** Passes over a bulk string, and notes where it is: nowhere for null. Its length, -1 for null; undefined if it is cut off. */
  bulk(): number | undefined {
    const length = this.number(BULK);
    if (length === undefined) return undefined;
    this.from = this.at;
    this.to = this.from + Math.max(0, length);
    if (length >= 0) this.at = this.to + 2;
    if (this.at <= this.bytes.length) return length;
    this.needed = this.at;
    return undefined;
  }

  /** Passes over a line of a sign and a whole number; undefined if it is cut off. */
  number(sign: number): number | undefined {
    const { bytes } = this;
    let at = this.at;
    if (at >= bytes.length) return undefined;
    if (bytes[at] !== sign) throw unexpected(bytes[at] as number, sign);
    const negative = bytes[at + 1] === MINUS;
    if (negative) at += 1;
    let value = 0;
    for (at += 1; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === RETURN) {
        if (at + 1 >= bytes.length) return undefined;
        this.at = at + 2;
        return negative ? -value : value;
      }
      value = value * 10 + byte - DIGIT_0;
    }
    return undefined;
  }
}

/** What a reply begins with. */
export const ARRAY = 0x2a;
export const BULK = 0x24;
export const ERROR = 0x2d;
export const INTEGER = 0x3a;
export const SIMPLE = 0x2b;

const MINUS = 0x2d;
const RETURN = 0x0d;
const DIGIT_0 = 0x30;

function unexpected(found: number, wanted: number): RangeError {
  return new RangeError(
    `the server answered '${String.fromCharCode(found)}' where '${String.fromCharCode(wanted)}' belongs`,
  );
}
