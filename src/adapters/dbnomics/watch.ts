import {
  asyncScheduler,
  firstValueFrom,
  type Observable,
  type SchedulerLike,
  Subject,
  takeUntil,
  timer,
  toArray,
} from 'rxjs';
import { checkOptions, type OptionNames } from '../../core/checkOptions.ts';
import { InvalidOptionError, toError } from '../../core/errors.ts';
import { LONGEST_MS } from '../../internal/longestMs.ts';
import { passing } from '../http/index.ts';
import { InHand, SETTLED, type WatchState } from '../paging/index.ts';
import type { DbnomicsApi } from './dbnomicsApi.ts';
import { LastUpdates } from './lastUpdates.ts';
import type { Observation, Series } from './series.ts';

export interface WatchOptions {
  /** How often to look, in ms. */
  readonly everyMs: number;
  /** Where it is kept what was given out. */
  readonly state: WatchState;
  /** Every how many looks the series are read though nothing is said to have changed. @default 24 */
  readonly readEvery?: number;
  /** Takes what made a look fail; the next one tries again. @default a warning */
  readonly onLookFailed?: (error: Error) => void;
}

export interface Revision {
  readonly observation: Observation;
  /** The value before. */
  readonly previous: number | null;
}

/** What changed in a series since it was last given out. */
export interface SeriesChange {
  /** The series as it is now, all its observations with it. */
  readonly series: Series;
  readonly added: readonly Observation[];
  readonly revised: readonly Revision[];
  /** Periods that were there before. */
  readonly removed: readonly string[];
}

/** The value by period. */
type Known = Readonly<Record<string, number | null>>;

const OPTION_NAMES: OptionNames<WatchOptions> = {
  everyMs: true,
  state: true,
  readEvery: true,
  onLookFailed: true,
};

/** @throws {InvalidOptionError} if a watch can't go by it */
export function checkWatch(options: WatchOptions): void {
  checkOptions('options', options, OPTION_NAMES);
  const { everyMs, readEvery = 24, state } = options;
  if (!(everyMs >= 1 && everyMs <= LONGEST_MS)) throw new InvalidOptionError('everyMs', everyMs, 'ms from 1');
  if (!(Number.isSafeInteger(readEvery) && readEvery >= 1)) {
    throw new InvalidOptionError('readEvery', readEvery, 'a whole number from 1');
  }
  if (typeof state?.get !== 'function' || typeof state.set !== 'function') {
    throw new InvalidOptionError('state', state, 'an object with get and set, such as fileWatchState(folder)');
  }
}

/**
 * Looks again and again, and gives out what has changed.
 *
 * | state    | event                               | next                                             |
 * |----------|-------------------------------------|--------------------------------------------------|
 * | looking  | `/last-updates` names no dataset of ours | waiting                                     |
 * | looking  | it does, or it is time to read      | reading                                          |
 * | reading  | a series differs from its state     | out: given out                                   |
 * | reading  | none left                           | waiting                                          |
 * | out      | settled for good, or the next one is asked for | what was out is kept as state; reading |
 * | out      | left                                | nothing is kept: given out again after a restart |
 * | waiting  | `everyMs`                           | looking                                          |
 * | any      | a call that may succeed later fails | waiting                                          |
 */
export class Watch implements AsyncIterableIterator<SeriesChange> {
  private readonly gone = new Subject<void>();
  private left = false;
  private looks = 0;
  /** All series were read once. */
  private begun = false;
  private toRead: readonly string[] = [];
  private changes: SeriesChange[] = [];
  private readonly inHand = new InHand<SeriesChange>((change) => this.keep(change));
  private readonly updates: LastUpdates;

  constructor(
    private readonly seriesOf: (ids: readonly string[]) => Observable<Series>,
    api: DbnomicsApi,
    private readonly ids: readonly string[],
    private readonly options: WatchOptions & { readonly scheduler?: SchedulerLike },
  ) {
    this.updates = new LastUpdates(api, new Set(ids.map(datasetIdOf).filter((id) => !isLatest(id))));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<SeriesChange, undefined>> {
    await this.inHand.dealtWith();
    while (!this.left) {
      const change = this.changes.shift();
      if (change) return this.inHand.give(change);
      if (this.looks > 0 && this.toRead.length === 0) await this.wait();
      if (!this.left) await this.look();
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<SeriesChange, undefined>> {
    this.left = true;
    this.gone.next();
    return { done: true, value: undefined };
  }

  private async look(): Promise<void> {
    try {
      if (this.toRead.length === 0) this.toRead = await this.due();
      const portion = this.toRead.slice(0, 100);
      if (portion.length > 0) await this.read(portion);
      this.toRead = this.toRead.slice(portion.length);
      if (this.toRead.length > 0) return;
      this.updates.keep();
      this.begun = true;
    } catch (cause) {
      if (this.left) return;
      this.toRead = [];
      const error = toError(cause);
      if (!passing(error)) throw error;
      (this.options.onLookFailed ?? warn)(error);
    }
  }

  /** The series of ours whose datasets were indexed anew. */
  private async due(): Promise<readonly string[]> {
    const nth = this.looks++;
    if (!this.begun || nth % (this.options.readEvery ?? 24) === 0) return this.ids;
    const changed = (await this.received(this.updates.changed())) ?? new Set();
    // What 'latest' stands for is not said there.
    return this.ids.filter((id) => isLatest(datasetIdOf(id)) || changed.has(datasetIdOf(id)));
  }

  private async read(ids: readonly string[]): Promise<void> {
    const all = (await this.received(this.seriesOf(ids).pipe(toArray()))) ?? [];
    for (const series of all) {
      this.updates.saw(datasetIdOf(series.id), series.indexedAt);
      const change = changeOf(series, await this.known(series.id));
      if (change) this.changes.push(change);
    }
  }

  private async known(id: string): Promise<Known> {
    const text = await this.options.state.get(id);
    return text === undefined || text === null ? {} : (JSON.parse(text) as Known);
  }

  [SETTLED](): void {
    this.inHand.settled();
  }

  private async keep({ series }: SeriesChange): Promise<void> {
    const values = series.observations.map(({ period, value }) => [period, value]);
    await this.options.state.set(series.id, JSON.stringify(Object.fromEntries(values)));
  }

  private async wait(): Promise<void> {
    await this.received(timer(this.options.everyMs, this.options.scheduler ?? asyncScheduler));
  }

  /** Undefined when the watch is left. */
  private received<T>(source: Observable<T>): Promise<T | undefined> {
    return firstValueFrom(source.pipe(takeUntil(this.gone)), { defaultValue: undefined });
  }
}

function changeOf(series: Series, known: Known): SeriesChange | undefined {
  const added: Observation[] = [];
  const revised: Revision[] = [];
  for (const observation of series.observations) {
    const previous = known[observation.period];
    if (previous === undefined) added.push(observation);
    else if (previous !== observation.value) revised.push({ observation, previous });
  }
  const there = new Set(series.observations.map(({ period }) => period));
  const removed = Object.keys(known).filter((period) => !there.has(period));
  if (added.length === 0 && revised.length === 0 && removed.length === 0) return undefined;
  return { series, added, revised, removed };
}

function datasetIdOf(id: string): string {
  return id.split('/', 2).join('/');
}

function isLatest(dataset: string): boolean {
  return dataset.endsWith(':latest');
}

function warn(error: Error): void {
  process.emitWarning(`a look failed, the next one tries again: ${error.message}`, {
    type: 'SluiceWarning',
    code: 'SLUICE_DBNOMICS_WATCH',
  });
}
