import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { meaningOf, type Series } from './series.ts';

/** The part of a DBnomics document (API v22) that the desk uses. */
const Doc = z.object({
  provider_code: z.string(),
  dataset_code: z.string(),
  series_code: z.string(),
  '@frequency': z.string(),
  dimensions: z.record(z.string(), z.string()).default({}),
  period: z.array(z.string()),
  value: z.array(z.unknown()),
});

const Reply = z.object({ series: z.object({ docs: z.array(Doc) }) });
/** A recording of a redirect: the reply that counts is the second. */
const Redirected = z.object({ response2: Reply }).transform(({ response2 }) => response2);
const Recording = z.union([Reply, Redirected]);

/** Loads every series recorded in a folder's JSON files, in order of the files' names. */
export async function loadSeries(folder: string): Promise<readonly Series[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const series = await Promise.all(names.map((name) => readRecording(join(folder, name))));
  return series.flat();
}

async function readRecording(file: string): Promise<readonly Series[]> {
  const recording = Recording.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!recording.success) throw new Error(`${file} holds no DBnomics series: ${recording.error.message}`);
  return recording.data.series.docs.map(toSeries);
}

function toSeries(doc: z.output<typeof Doc>): Series {
  const { provider_code, dataset_code, series_code, dimensions, period, value } = doc;
  if (period.length !== value.length)
    throw new Error(`${series_code} has ${period.length} periods and ${value.length} values`);
  const dataset = `${provider_code}/${dataset_code}`;
  const id = `${dataset}/${series_code}`;
  return { id, frequency: doc['@frequency'], ...meaningOf(dataset, dimensions), periods: period, values: value };
}
