import { once } from 'node:events';
import { handle, pipeline, stage } from 'sluice';
import { type Dbnomics, fileWatchState, type SeriesChange } from 'sluice/adapters/dbnomics';

const IDS = ['ECB/EXR/D.USD.EUR.SP00.A', 'IMF/WEO:2025-04/NPL.NGDP_RPCH.pcent_change', 'INE-SPAIN/30680/CNTR4757'];

export interface WatchingOptions {
  readonly everyMs: number;
  /** Keeps what was told already. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Tells what is new or revised in some series until it is aborted: what an earlier run told is not told again. */
export async function watch(api: Dbnomics, { everyMs, folder, signal, say }: WatchingOptions): Promise<void> {
  const tell = ({ series, added, revised, removed }: SeriesChange) => {
    const last = added.at(-1);
    say(`watch  ${series.id}: ${added.length} new${last ? `, the last ${last.value} of ${last.period}` : ''}`);
    for (const { observation, previous } of revised)
      say(`       ${observation.period} was ${previous}, is ${observation.value}`);
    for (const period of removed) say(`       ${period} is gone`);
  };
  const changes = api.watch(IDS, {
    everyMs,
    state: fileWatchState(folder),
    onLookFailed: ({ message }) => say(`watch  a look failed, the next one tries again: ${message}`),
  });
  await using running = pipeline('watch', changes.deliveries(), stage('tell', handle(tell))).run();
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), running.done]);
  await running.stop();
}
