import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { InvalidOptionError } from '../../core/errors.ts';
import { openFile } from './openFile.ts';

/** Where recorded lines come from. */
export interface RecordedFile {
  /** Its path; `ndjson` for a stream. */
  readonly name: string;
  /** The topic it suggests: the file's name without its extensions. */
  readonly topic: string;
  readonly open: () => Readable;
}

/** @throws {InvalidOptionError} unless it is a path, a file URL or a readable stream */
export function fileOf(input: unknown): RecordedFile {
  if (input instanceof Readable) return { name: 'ndjson', topic: 'ndjson', open: () => input };
  const path = input instanceof URL && input.protocol === 'file:' ? fileURLToPath(input) : input;
  if (typeof path !== 'string' || path === '') {
    throw new InvalidOptionError('file', input, 'a path, a file: URL or a readable stream');
  }
  const topic = basename(path).replace(/(\.(ndjson|jsonl|json|gz|zst))+$/, '');
  return { name: path, topic, open: () => openFile(path) };
}
