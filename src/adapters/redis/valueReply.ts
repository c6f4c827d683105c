import { ARRAY, BULK, ERROR, INTEGER, type ReplyBytes, SIMPLE } from './replyBytes.ts';
import { ReplyError } from './replyError.ts';
import type { Answer } from './wire.ts';

/** Any answer in RESP2. Bulk strings are copies of their own, unless the answer is nothing but one. */
export type Reply = Buffer | string | number | null | ReplyError | readonly Reply[];

interface Open {
  readonly items: Reply[];
  left: number;
}

/** Reads one answer of any kind, piece by piece; what was read once is not read again. */
export class ValueReply implements Answer {
  private readonly open: Open[] = [];
  private value: Reply = null;

  /** The answer, once it is complete. */
  get reply(): Reply {
    if (this.value instanceof ReplyError) throw this.value;
    return this.value;
  }

  take(bytes: ReplyBytes): boolean {
    for (;;) {
      const start = bytes.at;
      const piece = this.piece(bytes);
      if (piece === undefined) {
        bytes.at = start;
        return false;
      }
      if (piece !== OPENED && this.closes(piece)) return true;
    }
  }

  private piece(bytes: ReplyBytes): Reply | typeof OPENED | undefined {
    switch (bytes.sign) {
      case undefined:
        return undefined;
      case ARRAY:
        return this.array(bytes.number(ARRAY));
      case BULK:
        return this.bulk(bytes);
      case INTEGER:
        return bytes.number(INTEGER);
      case SIMPLE:
        return bytes.line();
      case ERROR: {
        const text = bytes.line();
        return text === undefined ? undefined : new ReplyError(text);
      }
      default:
        throw new RangeError(`the server answered '${String.fromCharCode(bytes.sign)}', which begins nothing`);
    }
  }

  private array(length: number | undefined): Reply | typeof OPENED | undefined {
    if (length === undefined) return undefined;
    if (length < 0) return null;
    if (length === 0) return [];
    this.open.push({ items: [], left: length });
    return OPENED;
  }

  private bulk(bytes: ReplyBytes): Reply | undefined {
    const length = bytes.bulk();
    if (length === undefined) return undefined;
    if (length < 0) return null;
    const view = bytes.bytes.subarray(bytes.from, bytes.to);
    return this.open.length === 0 ? view : Buffer.from(view);
  }

  /** Puts a piece where it belongs; whether that was the last of the whole answer. */
  private closes(piece: Reply): boolean {
    let value = piece;
    for (let around = this.open.at(-1); around; around = this.open.at(-1)) {
      around.items.push(value);
      around.left -= 1;
      if (around.left > 0) return false;
      value = around.items;
      this.open.pop();
    }
    this.value = value;
    return true;
  }
}

const OPENED = Symbol('opened');
