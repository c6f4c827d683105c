import { readFileSync } from 'node:fs';

export interface SeriesDoc {
  readonly provider_code: string;
  readonly dataset_code: string;
  readonly series_code: string;
  readonly [field: string]: unknown;
}

/** A recording, as it lies in `test/support/recordings/dbnomics`. */
export function recorded(name: string) {
  return JSON.parse(readFileSync(new URL(`recordings/dbnomics/${name}`, import.meta.url), 'utf8'));
}

const RECORDINGS = [
  'series_mask_BIS_cbpol_monthly_NA.json',
  'series_ids_annual_quarterly_reconstructed.json',
  'series_INE-SPAIN_quarterly_reconstructed.json',
  'series_BDF_monthly_leadingNA_reconstructed.json',
  'series_WEO2025-04_NPL_annual_partial.json',
  'series_ECB_EXR_daily_2points.json',
];

/** Built: the frequencies that no recording has. */
const BUILT: readonly SeriesDoc[] = [
  built('W.x', 'weekly', ['2014-W01', '2020-W53'], ['2013-12-30', '2020-12-28']),
  built('B.x', 'bimonthly', ['2018-B2', '2018-B6'], ['2018-03-01', '2018-11-01']),
  built('S.x', 'bi-annual', ['2014-S1', '2014-S2'], ['2014-01-01', '2014-07-01']),
];

function built(code: string, frequency: string, period: string[], days: string[]): SeriesDoc {
  return {
    '@frequency': frequency,
    provider_code: 'BUILT',
    dataset_code: 'freq',
    series_code: code,
    dimensions: { freq: code.slice(0, 1), kind: 'x' },
    indexed_at: '2026-10-01T00:00:00.000Z',
    period,
    period_start_day: days,
    value: [1, '2.5e1'],
  };
}

/** What the server has unless it is told otherwise: what was recorded, and what was built beside it. */
export function docsAtFirst(): SeriesDoc[] {
  return [
    ...RECORDINGS.flatMap((name) => recorded(name).series.docs),
    ...recorded('series_ids_WEO_latest_redirect_clienttest.json').response2.series.docs,
    ...BUILT,
  ];
}

export function idOf({ provider_code, dataset_code, series_code }: SeriesDoc): string {
  return `${provider_code}/${dataset_code}/${series_code}`;
}

export function fitsMask(mask: string, code: string): boolean {
  const parts = code.split('.');
  const wanted = mask.split('.');
  return mask === code || wanted.every((one, i) => one === '' || one.split('+').includes(parts[i] ?? ''));
}

/** By dimension, the number of series of each value: `{ dim: [{ code, count }] }`. */
export function facetsOf(docs: readonly SeriesDoc[]) {
  const facets: Record<string, { code: string; count: number }[]> = {};
  for (const [dimension, code] of docs.flatMap((doc) => Object.entries((doc['dimensions'] ?? {}) as object))) {
    facets[dimension] ??= [];
    const known = facets[dimension].find((one) => one.code === code);
    if (known) known.count += 1;
    else facets[dimension].push({ code, count: 1 });
  }
  return facets;
}

export function withPeriodsOfAll(docs: readonly SeriesDoc[]): SeriesDoc[] {
  const listsOf = (doc: SeriesDoc) =>
    [doc['period'], doc['period_start_day'], doc['value']] as [string[], string[], []];
  const days = new Map(
    docs.flatMap((doc) => {
      const [periods, starts] = listsOf(doc);
      return periods.map((period, i) => [period, starts[i]] as const);
    }),
  );
  const period = [...days.keys()].sort();
  return docs.map((doc) => {
    const [periods, , values] = listsOf(doc);
    const value = period.map((one) => values[periods.indexOf(one)] ?? 'NA');
    return { ...doc, period, period_start_day: period.map((one) => days.get(one)), value };
  });
}

export function withoutObservations({
  period,
  period_start_day,
  value,
  observations_attributes,
  ...doc
}: SeriesDoc): SeriesDoc {
  return doc;
}

export function generatedDoc(i: number): SeriesDoc {
  return {
    '@frequency': 'annual',
    provider_code: 'GEN',
    dataset_code: 'big',
    dataset_name: 'Generated',
    series_code: `S${i}`,
    series_name: `Series ${i}`,
    dimensions: { n: String(i) },
    indexed_at: '2026-10-01T00:00:00.000Z',
    period: ['2024', '2025'],
    period_start_day: ['2024-01-01', '2025-01-01'],
    value: [i, i + 0.5],
  };
}
