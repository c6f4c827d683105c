import type { Readable } from 'node:stream';
import { toError } from '../../core/errors.ts';
import { FileReadError } from './fileReadError.ts';

/**
 * The bytes of a stream, chunk by chunk, each read when asked for. Closing it early destroys the stream at once: a
 * stream's own iterator would first wait for the chunk it was asked for, which may never come.
 *
 * Errors: `FileReadError`.
 */
export function streamChunks(name: string, open: () => Readable): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]() {
      const stream = opened(name, open);
      const chunks = stream[Symbol.asyncIterator]();
      return {
        next: () => nextChunk(name, chunks),
        return: async () => {
          stream.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function opened(name: string, open: () => Readable): Readable {
  const stream = open();
  if (!stream.destroyed && !stream.readableDidRead) return stream;
  throw new FileReadError(name, new Error('a stream can be read only once; give a path to read again'));
}

async function nextChunk(name: string, chunks: AsyncIterator<unknown>): Promise<IteratorResult<Buffer>> {
  try {
    const { done, value } = await chunks.next();
    return done ? { done, value } : { done: false, value: bytesOf(value) };
  } catch (cause) {
    throw new FileReadError(name, toError(cause));
  }
}

function bytesOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return Buffer.from(chunk as Uint8Array);
  throw new TypeError('the stream gives objects: it must give bytes or text');
}
