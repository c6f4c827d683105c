import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Dbnomics, SeriesProgress } from 'sluice/adapters/dbnomics';

/** The policy rates of the Bank for International Settlements, in small pages, so that there are some. */
const QUERY = { provider: 'BIS', dataset: 'cbpol', observations: true, pageSize: 2 } as const;

/** Walks a dataset from where the last run of it was; a file holds the place. */
export async function walk(api: Dbnomics, file: string, say: (line: string) => void): Promise<void> {
  const offset = await placeIn(file);
  const pages: SeriesProgress[] = [];
  let handled = 0;
  for await (const { id, observations } of api.series({ ...QUERY, offset, onProgress: (page) => pages.push(page) })) {
    const values = observations.filter(({ value }) => value !== null).length;
    say(`walk   ${id}: ${values} values of ${observations.length} periods`);
    handled += 1;
    // A page is told when it comes, which is before its series are handled: its place is kept after them.
    while (pages[0] && pages[0].done <= handled) await keepPlace(file, (pages.shift() as SeriesProgress).offset);
  }
  say(handled === 0 ? 'walk   nothing is left: an earlier run was at the end' : `walk   ${handled} series`);
}

async function placeIn(file: string): Promise<number> {
  return existsSync(file) ? Number(await readFile(file, 'utf8')) : 0;
}

async function keepPlace(file: string, offset: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, String(offset));
}
