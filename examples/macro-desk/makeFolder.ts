import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, unless it is there.
 *
 * Not with `mkdir`'s own `recursive`: where a file system refuses a new folder with ENOENT, as /proc does, that never
 * ends (Node 22 and 24) and fills the memory.
 */
export async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path);
}
