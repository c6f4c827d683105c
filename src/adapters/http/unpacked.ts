import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * Undoes zstd where `fetch` has not: by its version it leaves it or undoes it, and the header stays either way, so the
 * first bytes tell (RFC 8878, 3.1.1). Gzip, deflate and br `fetch` has undone.
 */
export async function* unpacked(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string | null,
): AsyncGenerator<Uint8Array> {
  if (!/\bzstd\b/i.test(encoding ?? '')) return yield* chunks;
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    let head: Uint8Array = new Uint8Array(0);
    while (head.length < ZSTD_MAGIC.length) {
      const { done, value } = await iterator.next();
      if (done) break;
      head = Buffer.concat([head, value]);
    }
    const all = withHead(head, iterator);
    if (ZSTD_MAGIC.every((byte, i) => head[i] === byte)) yield* decompressed(all);
    else yield* all;
  } finally {
    await iterator.return?.();
  }
}

async function* withHead(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function* decompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const out = createZstdDecompress();
  let failed: unknown;
  const packed = pipeline(Readable.from(chunks, { objectMode: false }), out).catch((cause) => {
    failed = cause;
  });
  try {
    yield* out as AsyncIterable<Uint8Array>;
  } finally {
    out.destroy();
    await packed;
  }
  if (failed !== undefined) throw failed;
}
