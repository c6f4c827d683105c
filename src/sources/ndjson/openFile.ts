import { createReadStream } from 'node:fs';
import { type Duplex, pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

/** Opens a file for reading; `.gz` and `.zst` are decompressed. */
export function openFile(path: string): Readable {
  if (path.endsWith('.gz')) return through(path, createGunzip());
  if (path.endsWith('.zst')) return through(path, createZstdDecompress());
  return createReadStream(path);
}

function through(path: string, decompress: Duplex): Readable {
  // Each end's error or early close ends the other; whoever reads the last one is told, so nobody waits here.
  const told = () => undefined;
  return pipeline(createReadStream(path), decompress, told);
}
