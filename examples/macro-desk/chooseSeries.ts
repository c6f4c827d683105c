import { fetchSeries } from './fetchSeries.ts';
import { loadSeries } from './loadSeries.ts';
import type { Options } from './options.ts';
import type { Screen } from './report/screen.ts';
import type { Series } from './series.ts';

export interface Chosen {
  readonly series: readonly Series[];
  /** Where they are from, as part of a sentence. */
  readonly origin: string;
}

/** The recorded series; or, where asked for, the same ones live, as far as they can be had. */
export async function chooseSeries(
  folder: string,
  { live, dbnomics }: Pick<Options, 'live' | 'dbnomics'>,
  screen: Screen,
  signal: AbortSignal,
): Promise<Chosen> {
  const recorded = await loadSeries(folder);
  if (!live) return { series: recorded, origin: 'recorded from DBnomics (--live fetches them)' };
  const { host } = new URL(dbnomics);
  screen.print([`fetching ${recorded.length} series from DBnomics at ${host}`]);
  const { series, fetched } = await fetchSeries(recorded, dbnomics, {
    signal,
    progress: (line) => screen.print([`  ${line}`]),
    warn: (line) => screen.warn(`warning: ${line}`),
  });
  screen.print(['']);
  return { series, origin: originOf(fetched, series.length) };
}

function originOf(fetched: number, all: number): string {
  if (fetched === 0) return 'recorded from DBnomics';
  return fetched === all ? 'live from DBnomics' : `of DBnomics (${fetched} live, ${all - fetched} recorded)`;
}
