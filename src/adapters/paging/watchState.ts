import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toError } from '../../core/errors.ts';

/** Where a watch keeps what it has given out: anything that can keep texts by key. */
export interface WatchState {
  /** Undefined, or null, for what was never set. */
  get(key: string): Promise<string | null | undefined>;
  /** Resolves once it would survive what the state is to survive. */
  set(key: string, text: string): Promise<unknown>;
}

/** Keeps a watch's state in this process: a restart begins anew. */
export function memoryWatchState(): WatchState {
  const texts = new Map<string, string>();
  return {
    get: async (key) => texts.get(key),
    set: async (key, text) => texts.set(key, text),
  };
}

/**
 * Keeps a watch's state in files of a folder, one a series; each is replaced as a whole. One process at a time.
 *
 * @example
 * dbnomics().watch(['ECB/EXR/D.USD.EUR.SP00.A'], { everyMs: 3_600_000, state: fileWatchState('watch') }).deliveries();
 */
export function fileWatchState(folder: string): WatchState {
  const fileOf = (key: string) => join(folder, `${encodeURIComponent(key)}.json`);
  return {
    async get(key) {
      try {
        return await readFile(fileOf(key), 'utf8');
      } catch (cause) {
        if (Reflect.get(toError(cause), 'code') === 'ENOENT') return undefined;
        throw cause;
      }
    },
    async set(key, text) {
      await mkdir(folder, { recursive: true });
      const file = fileOf(key);
      await writeFile(`${file}.new`, text, { flush: true });
      await rename(`${file}.new`, file);
    },
  };
}
