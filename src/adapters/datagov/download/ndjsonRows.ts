import { toError } from '../../../core/errors.ts';
import { LineSplitter, type RawLine } from '../../../sources/ndjson/lineSplitter.ts';
import { exactJson } from '../../http/index.ts';
import { isFields } from '../reading.ts';
import { BadRowError } from './downloadErrors.ts';
import type { Reading, ReadRow } from './readRow.ts';

/** Before each line of a JSON text sequence (RFC 7464, 2.1). */
const RECORD_SEPARATOR = '\x1e';

/** Rows of JSON, one a line. Empty lines are left out; a line that is no object of JSON, or too long, is bad. */
export async function* ndjsonRows(texts: AsyncIterable<string>, { maxRowBytes }: Reading): AsyncGenerator<ReadRow> {
  const splitter = new LineSplitter(maxRowBytes);
  let line = 0;
  let count = 0;
  const read = (raw: RawLine): ReadRow | undefined => {
    line += 1;
    if (raw.bytes.toString().trim() === '') return undefined;
    count += 1;
    return rowOf(raw, { row: count, line, maxRowBytes });
  };
  for await (const text of texts) {
    for (const raw of splitter.push(Buffer.from(text))) {
      const row = read(raw);
      if (row) yield row;
    }
  }
  const last = splitter.end();
  const row = last && read(last);
  if (row) yield row;
}

function rowOf({ bytes, tooLong }: RawLine, at: { row: number; line: number; maxRowBytes: number }): ReadRow {
  const bad = (why: string) => ({ bad: new BadRowError(`line ${at.line} ${why}`, at.row, at.line) });
  if (tooLong) return bad(`has more than maxRowBytes (${at.maxRowBytes})`);
  try {
    const value = exactJson(bytes.toString().replace(RECORD_SEPARATOR, ''));
    return isFields(value) ? { row: value } : bad('is no object of JSON');
  } catch (cause) {
    return bad(`is no JSON: ${toError(cause).message}`);
  }
}
