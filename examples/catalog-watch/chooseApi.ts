import { firstValueFrom } from 'rxjs';
import { type Datagov, type DatagovOptions, datagov, HttpError } from 'sluice/adapters/datagov';
import { playback } from './playback.ts';

export interface ChosenApi {
  readonly api: Datagov;
  readonly live: boolean;
  /** A sentence on where the answers come from. */
  readonly said: string;
}

/** The real catalog if it was asked for and can be reached, else the recordings. */
export async function chooseApi(live: boolean, options: DatagovOptions = {}): Promise<ChosenApi> {
  const recorded = datagov({ via: 'direct', fetch: playback });
  if (!live) return { api: recorded, live: false, said: 'catalog watch: answers of Data.gov that were recorded' };
  const real = { via: 'direct', ...options } as const;
  try {
    await firstValueFrom(datagov({ ...real, attempts: 1, responseMs: 10_000 }).search({ pageSize: 1 }));
    return { api: datagov(real), live: true, said: 'catalog watch: Data.gov, live' };
  } catch (cause) {
    if (!(cause instanceof HttpError)) throw cause;
    const said = `catalog watch: Data.gov can't be reached from here (${cause.code}), so these are recorded answers`;
    return { api: recorded, live: false, said };
  }
}
