import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const DATA = join(import.meta.dirname, 'data');
const PAGE = '<!DOCTYPE html><html><body>This file has moved.</body></html>';

/** How many datasets `playback` has. */
export const RECORDED = 4;

/** Answers as the catalog and the publishers' portals did, from what was recorded. */
export const playback: typeof fetch = async (input) => {
  const { pathname } = new URL(String(input));
  if (pathname === '/search') return file('harvested.json', 'application/json');
  const name = `${/views\/([\w-]+)\//.exec(pathname)?.[1]}.csv`;
  if (existsSync(join(DATA, name))) return file(name, 'text/csv');
  return new Response(PAGE, { headers: { 'content-type': 'text/html' } });
};

async function file(name: string, type: string): Promise<Response> {
  return new Response(await readFile(join(DATA, name)), { headers: { 'content-type': type } });
}
