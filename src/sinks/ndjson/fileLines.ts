import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LineWriter } from './lineWriter.ts';

/** A file to write to; it is truncated once, when it is opened for the first time. */
export interface OutputFile {
  readonly path: string;
  truncate: boolean;
}

/** Lines into a file, which is opened by the first write and, after a failed one, opened anew. */
export class FileLines implements LineWriter {
  private handle: FileHandle | undefined;

  constructor(private readonly file: OutputFile) {}

  get name(): string {
    return `'${this.file.path}'`;
  }

  async write(lines: string): Promise<void> {
    this.handle ??= await this.open();
    try {
      await this.handle.appendFile(lines);
    } catch (cause) {
      const { handle } = this;
      this.handle = undefined;
      await Promise.allSettled([handle.close()]);
      throw cause;
    }
  }

  async close(): Promise<void> {
    if (this.file.truncate) this.handle ??= await this.open();
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  private async open(): Promise<FileHandle> {
    const handle = await openIn(this.file.path, this.file.truncate ? 'w' : 'a+');
    this.file.truncate = false;
    try {
      // A write that failed, or a process that died in one, leaves half a line: the next must not run on from it.
      if (await endsInHalfLine(handle)) await handle.appendFile('\n');
    } catch (cause) {
      await Promise.allSettled([handle.close()]);
      throw cause;
    }
    return handle;
  }
}

/** Makes its folder if there is none. */
async function openIn(path: string, flags: string): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    await mkdir(dirname(path), { recursive: true });
    return open(path, flags);
  }
}

async function endsInHalfLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== LINE_FEED;
}

const LINE_FEED = 10;
