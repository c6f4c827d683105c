import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const DATA = new URL('data/', import.meta.url);
/** About what a server takes. */
const SLOW_MS = 50;

/** Answers from recordings what this example asks of DBnomics and of Data.gov. */
export const recorded: typeof fetch = async (input) => {
  const { pathname, searchParams } = new URL(String(input));
  const name = nameOf(pathname, searchParams.get('series_ids') ?? '');
  await wait(SLOW_MS);
  const headers = { 'content-type': 'application/json' };
  return new Response(await readFile(new URL(name, DATA)), { headers });
};

function nameOf(pathname: string, ids: string): string {
  if (pathname.endsWith('/search')) return 'datagov_search.json';
  return pathname.includes('cbpol') || ids.includes('cbpol')
    ? 'series_mask_BIS_cbpol_monthly_NA.json'
    : 'series_ECB_EXR_daily_2points.json';
}
