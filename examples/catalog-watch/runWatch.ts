import { type Observable, Subject, take } from 'rxjs';
import { type Bus, connect, handle, pipeline, stage } from 'sluice';
import {
  type CatalogDataset,
  type Datagov,
  type DatagovOptions,
  fileWatchState,
  memoryWatchState,
} from 'sluice/adapters/datagov';
import { chooseApi } from './chooseApi.ts';
import type { Options } from './options.ts';
import { RECORDED } from './playback.ts';
import { type Sampled, sample } from './sample.ts';

/** Runs the watch until it has seen as many datasets as it was asked for. */
export async function runWatch(
  { live: wanted, count, hours, state }: Options,
  print: (line: string) => void,
  signal: AbortSignal,
  http: DatagovOptions = {},
): Promise<void> {
  const { api, live, said } = await chooseApi(wanted, http);
  print(said);
  await using bus = await connect('memory');
  const seen = new Subject<Sampled>();
  const wantedCount = live ? (count ?? 10) : Math.min(count ?? RECORDED, RECORDED);
  const enough = told(seen.pipe(take(wantedCount)), print, signal);
  const since = live ? new Date(Date.now() - hours * 3_600_000) : new Date(0);
  await using sampling = lookAt(bus, api, seen).run();
  await using watching = watch(bus, api, { since, state: live ? state : undefined }).run();
  await Promise.race([enough, sampling.done, watching.done]);
}

/** Publishes each dataset as it is harvested: settled, and so remembered, once it is kept. */
function watch(bus: Bus, api: Datagov, { since, state }: { since: Date; state: string | undefined }) {
  const where = state === undefined ? memoryWatchState() : fileWatchState(state);
  const harvested = api.watchCatalog({ everyMs: 300_000, since, state: where });
  return pipeline(
    'watch',
    harvested.deliveries(),
    stage(
      'publish',
      bus.to(({ data }) => `catalog.${data.organization?.slug ?? 'unknown'}`),
    ),
  );
}

/** Looks at the files of what was published, four at once. */
function lookAt(bus: Bus, api: Datagov, seen: Subject<Sampled>) {
  const look = sample(api);
  return pipeline(
    'look',
    bus.from('catalog.*', { group: 'look' }),
    // Nobody but this process publishes here: what comes is what was watched.
    stage(
      'sample',
      handle((data) => look(data as CatalogDataset), { concurrency: 4 }),
    ),
    stage(
      'tell',
      handle((sampled: Sampled) => seen.next(sampled)),
    ),
  );
}

function told(seen: Observable<Sampled>, print: (line: string) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    seen.subscribe({ next: (one) => print(line(one)), complete: resolve });
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function line({ dataset, found }: Sampled): string {
  const { lastHarvestedAt, organization, title } = dataset;
  const when = lastHarvestedAt?.slice(0, 16).replace('T', ' ') ?? 'no date';
  return `${when}  ${organization?.name ?? 'nobody'}: ${title} (${found})`;
}
