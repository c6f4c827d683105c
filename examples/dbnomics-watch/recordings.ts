import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The recordings are those of the macro desk. */
const FOLDER = join(import.meta.dirname, '../macro-desk/data');

interface Doc {
  readonly provider_code: string;
  readonly dataset_code: string;
  readonly series_code: string;
  readonly [field: string]: unknown;
}

export interface RecordingsOptions {
  /** As they could be a day later. */
  readonly nextDay: boolean;
  /** A watch has dealt with its first look, and looks again. */
  readonly lookedAgain: () => void;
}

/** A `fetch` that answers as DBnomics would, from recordings. */
export function recordings({ nextDay, lookedAgain }: RecordingsOptions): typeof fetch {
  const docs = nextDay ? recorded().map(aDayLater) : recorded();
  return async (input) => {
    const { pathname, searchParams } = new URL(String(input));
    const [, , resource, provider, dataset] = pathname.split('/');
    if (resource === 'last-updates') {
      lookedAgain();
      return answer({ datasets: { docs: [], num_found: 0 } });
    }
    const ids = searchParams.get('series_ids')?.split(',');
    const found = docs.filter((doc) =>
      ids ? ids.includes(idOf(doc)) : doc.provider_code === provider && doc.dataset_code === dataset,
    );
    const [offset, limit] = [Number(searchParams.get('offset')), Number(searchParams.get('limit'))];
    return answer({ series: { docs: found.slice(offset, offset + limit), offset, limit, num_found: found.length } });
  };
}

function recorded(): readonly Doc[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return files.flatMap((name) => {
    const reply = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
    return (reply.response2 ?? reply).series.docs as Doc[];
  });
}

/** Made up: the euro's rate of one day revised, and one more day. */
function aDayLater(doc: Doc): Doc {
  if (idOf(doc) !== 'ECB/EXR/D.USD.EUR.SP00.A') return doc;
  const days = ['2026-10-01', '2026-10-02', '2026-10-05'];
  return { ...doc, period: days, period_start_day: days, value: [1.1298, 1.1226, 1.1231] };
}

function idOf({ provider_code, dataset_code, series_code }: Doc): string {
  return `${provider_code}/${dataset_code}/${series_code}`;
}

function answer(body: object): Response {
  return Response.json({ _meta: { version: '22.1.17' }, errors: null, ...body });
}
