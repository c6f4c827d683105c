import { firstValueFrom, from, fromEvent, lastValueFrom, mergeMap, takeUntil, throwIfEmpty } from 'rxjs';
import {
  type Dbnomics,
  type DbnomicsOptions,
  dbnomics,
  type Series as Fetched,
  HttpNetworkError,
  HttpTimeoutError,
  type SeriesError,
} from 'sluice/adapters/dbnomics';
import { meaningOf, type Series } from './series.ts';

export interface FetchSeriesOptions {
  /** Aborted, it fetches no more, and gives what there is. */
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  readonly warn: (line: string) => void;
  /** How patient to be. @default at most two attempts, 5 s each to the first byte */
  readonly http?: DbnomicsOptions;
}

export interface FetchedSeries {
  /** As many as were recorded, in the same order. */
  readonly series: readonly Series[];
  /** How many of them are live. */
  readonly fetched: number;
}

/** Somebody sits and waits: a server that is there answers within seconds. */
const PATIENCE: DbnomicsOptions = {
  attempts: 2,
  backoff: { initialMs: 250 },
  responseMs: 5_000,
  idleMs: 5_000,
  totalMs: 30_000,
  maxWaitMs: 5_000,
};
const AT_ONCE = 4;

/**
 * Fetches the series that were recorded, as they are today. Each that can't be had is the recording; all are, if the first
 * one finds nobody there.
 */
export async function fetchSeries(
  recorded: readonly Series[],
  baseUrl: string,
  { signal, progress, warn, http = PATIENCE }: FetchSeriesOptions,
): Promise<FetchedSeries> {
  const api = dbnomics({ ...http, baseUrl });
  const live = new Map<string, Series>();
  const fetch = async ({ id }: Series): Promise<void> => {
    if (signal.aborted) return;
    const found = await fetchOne(api, id, signal);
    live.set(id, seriesOf(found));
    progress(`${live.size}/${recorded.length}  ${described(found)}`);
  };
  const failed = ({ id }: Series, cause: unknown) => {
    if (!signal.aborted) warn(`${id} is taken from the recordings: ${messageOf(cause)}`);
  };

  const [first, ...others] = recorded;
  try {
    if (first) await fetch(first);
  } catch (cause) {
    if (isNobodyThere(cause) && !signal.aborted) {
      warn(`DBnomics can't be reached at ${new URL(baseUrl).host} (${whyOf(cause)}): the recordings are used instead`);
      return { series: recorded, fetched: 0 };
    }
    failed(first as Series, cause);
  }
  const fetching = from(others).pipe(mergeMap((one) => fetch(one).catch((cause) => failed(one, cause)), AT_ONCE));
  await lastValueFrom(fetching, { defaultValue: undefined });
  return { series: recorded.map((one) => live.get(one.id) ?? one), fetched: live.size };
}

function fetchOne(api: Dbnomics, id: string, signal: AbortSignal): Promise<Fetched> {
  const found = api.series({ ids: [id], observations: true, onSeriesError: refuse }).pipe(
    throwIfEmpty(() => new Error('DBnomics does not have it')),
    takeUntil(fromEvent(signal, 'abort')),
  );
  return firstValueFrom(found);
}

function refuse(error: SeriesError): never {
  throw error;
}

function seriesOf({ id, providerCode, datasetCode, frequency, dimensions, observations }: Fetched): Series {
  return {
    id,
    // One that nobody knows of is not valid, and is dead-lettered with that as the reason.
    frequency: frequency ?? 'unknown',
    ...meaningOf(`${providerCode}/${datasetCode}`, dimensions),
    periods: observations.map(({ period }) => period),
    values: observations.map(({ value }) => value),
  };
}

function described({ id, observations, indexedAt }: Fetched): string {
  const indexed = indexedAt === undefined ? '' : `, indexed on ${indexedAt.slice(0, 10)}`;
  return `${id}: ${observations.length} periods${indexed}`;
}

function isNobodyThere(cause: unknown): boolean {
  return cause instanceof HttpNetworkError || cause instanceof HttpTimeoutError;
}

function whyOf(cause: unknown): string {
  return cause instanceof HttpNetworkError ? (cause.networkCode ?? cause.message) : 'no answer in time';
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
