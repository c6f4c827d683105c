import { isUtf8 } from 'node:buffer';
import { toError } from '../../core/errors.ts';
import { jsonCodec } from '../../core/jsonCodec.ts';
import { BadLineError } from './badLineError.ts';
import type { BadLine, Line } from './line.ts';
import type { RawLine } from './lineSplitter.ts';

export interface LineReaderOptions<T> {
  /** The file's name. */
  readonly name: string;
  readonly maxLineBytes: number;
  readonly timeOf: ((data: T) => number) | undefined;
}

/** Reads lines as JSON, counting them; undefined for an empty one. */
export function lineReader<T>({
  name,
  maxLineBytes,
  timeOf,
}: LineReaderOptions<T>): (raw: RawLine) => Line<T> | undefined {
  const codec = jsonCodec();
  let count = 0;
  return ({ bytes, tooLong }) => {
    count += 1;
    const text = bytes.toString('utf8');
    const place = `${name}:${count}`;
    if (tooLong) return bad(place, text, `has more than ${maxLineBytes} bytes (raise \`maxLineBytes\`)`);
    if (!isUtf8(bytes)) return bad(place, text, 'is not UTF-8');
    const json = count === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (json.trim() === '') return undefined;
    try {
      const data = codec.decode(json) as T;
      return { place, data, time: timeOf?.(data) };
    } catch (cause) {
      return bad(place, text, why(toError(cause)), cause);
    }
  };
}

function bad(place: string, text: string, why: string, cause?: unknown): BadLine {
  return { place, text, fault: new BadLineError(place, why, cause) };
}

function why(error: Error): string {
  return error.message.replace(/^payload /, '');
}
