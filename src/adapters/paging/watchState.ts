import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
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
 * Keeps a watch's state in files of a folder, one a key; each is replaced as a whole, and in this process reads wait for the
 * writes before them. One process at a time.
 *
 * @example
 * dbnomics().watch(['ECB/EXR/D.USD.EUR.SP00.A'], { everyMs: 3_600_000, state: fileWatchState('watch') }).deliveries();
 */
export function fileWatchState(folder: string): WatchState {
  const fileOf = (key: string) => resolve(folder, `${encodeURIComponent(key)}.json`);
  return {
    get: (key) => inTurn(fileOf(key), readOrNothing),
    set: (key, text) => inTurn(fileOf(key), (file) => replace(file, text)),
  };
}

async function readOrNothing(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (Reflect.get(toError(cause), 'code') === 'ENOENT') return undefined;
    throw cause;
  }
}

async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text, { flush: true });
  await rename(`${file}.new`, file);
}

/** A watch that was left may be writing still when the next one begins. */
const turns = new Map<string, Promise<unknown>>();

function inTurn<T>(file: string, run: (file: string) => Promise<T>): Promise<T> {
  const turn = (turns.get(file) ?? Promise.resolve()).then(
    () => run(file),
    () => run(file),
  );
  turns.set(file, turn);
  const done = () => {
    if (turns.get(file) === turn) turns.delete(file);
  };
  turn.then(done, done);
  return turn;
}
