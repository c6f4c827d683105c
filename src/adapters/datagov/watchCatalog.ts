import { createHash } from 'node:crypto';
import { asyncScheduler, firstValueFrom, type Observable, type SchedulerLike, Subject, takeUntil, timer } from 'rxjs';
import { toError } from '../../core/errors.ts';
import { HttpStatusError, passing } from '../http/index.ts';
import { InHand, SETTLED } from '../paging/index.ts';
import type { CatalogDataset } from './catalogDataset.ts';
import { CatalogMemory, harvestMs } from './catalogMemory.ts';
import type { DatagovApi } from './datagovApi.ts';
import { DatagovShapeError } from './datagovErrors.ts';
import { type SearchNotice, warnOfNotice } from './searchNotice.ts';
import { SearchNotices } from './searchNotices.ts';
import { searchPage } from './searchPages.ts';
import { filterOf, type WatchCatalogOptions } from './watchOptions.ts';

/**
 * Looks again and again, newest harvest first, and gives out what was not given out before.
 *
 * | state   | event                                        | next                                                     |
 * |---------|----------------------------------------------|----------------------------------------------------------|
 * | looking | a page has datasets that are not remembered  | out: the first of them                                   |
 * | looking | it has none, or no more, and a next page     | looking at that                                          |
 * | looking | the last page, or a harvest before the floor | the look is over: waiting                                |
 * | out     | settled for good, or the next is asked for   | what was out is remembered; the next one out, or looking |
 * | out     | left                                         | nothing is kept: given out again after a restart         |
 * | waiting | `everyMs`                                    | looking: at the page that failed, or from the top        |
 * | any     | a call that may succeed later fails          | waiting                                                  |
 */
export class WatchCatalog implements AsyncIterableIterator<CatalogDataset> {
  private readonly gone = new Subject<void>();
  private readonly memory: CatalogMemory;
  private left = false;
  private opened = false;
  private waits = false;
  private page: { readonly fresh: CatalogDataset[]; readonly after: string | undefined } | undefined;
  private readonly notices: SearchNotices;
  private readonly inHand = new InHand<CatalogDataset>((dataset) => this.memory.give(dataset));

  constructor(
    private readonly api: DatagovApi,
    private readonly options: WatchCatalogOptions,
    private readonly scheduler: SchedulerLike = asyncScheduler,
  ) {
    const { state, since, overlapMs = 3_600_000, remember = 10_000 } = options;
    const sinceMs = since?.getTime() ?? scheduler.now();
    this.notices = new SearchNotices({ ...this.query(), onNotice: heed });
    this.memory = new CatalogMemory(state, keyOf(options), { sinceMs, overlapMs, remember });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<CatalogDataset, undefined>> {
    if (!this.opened) await this.memory.open();
    this.opened = true;
    await this.inHand.dealtWith();
    while (!this.left) {
      const dataset = this.page?.fresh.shift();
      if (dataset) return this.inHand.give(dataset);
      await this.turn();
      if (this.waits) await this.received(timer(this.options.everyMs, this.scheduler));
      this.waits = false;
      if (!this.left) await this.read();
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<CatalogDataset, undefined>> {
    this.left = true;
    this.gone.next();
    return { done: true, value: undefined };
  }

  [SETTLED](): void {
    this.inHand.settled();
  }

  /** The page at hand is given out. */
  private async turn(): Promise<void> {
    if (!this.page || this.left) return;
    const { after } = this.page;
    this.page = undefined;
    if (after !== undefined) return this.memory.turn(after);
    await this.memory.finish();
    this.waits = true;
  }

  private async read(): Promise<void> {
    const look = this.memory.look();
    try {
      const hits = await this.received(searchPage(this.api, this.query(), look.after ?? undefined));
      if (!hits) return;
      this.notices.look(hits['sort'], hits.items);
      const times = hits.items.map(harvestMs);
      // What says that it was harvested tomorrow must not hide what is harvested today.
      look.topMs = Math.max(look.topMs, Math.min(times[0] ?? 0, this.scheduler.now()));
      const recent = hits.items.filter((_, i) => (times[i] ?? -Infinity) >= look.floorMs);
      const over = recent.length < hits.items.length;
      this.page = { fresh: recent.filter((one) => !this.memory.knows(one)), after: over ? undefined : hits.after };
    } catch (cause) {
      await this.failed(toError(cause), look.after !== null);
    }
  }

  private async failed(error: Error, behindCursor: boolean): Promise<void> {
    if (this.left) return;
    if (!passing(error)) throw error;
    (this.options.onLookFailed ?? warn)(error);
    // It is what Data.gov says to a cursor of another release, too.
    if (behindCursor && error instanceof HttpStatusError && error.status === 500) await this.memory.restart();
    this.waits = true;
  }

  private query() {
    const { pageSize = 100 } = this.options;
    return { ...filterOf(this.options), sort: 'last_harvested_date', pageSize } as const;
  }

  /** Undefined when the watch is left. */
  private received<T>(source: Observable<T>): Promise<T | undefined> {
    return firstValueFrom(source.pipe(takeUntil(this.gone)), { defaultValue: undefined });
  }
}

/** Watches of several filters can share a state. */
function keyOf(options: WatchCatalogOptions): string {
  const filter = JSON.stringify(filterOf(options));
  if (filter === '{}') return 'datagov-catalog';
  return `datagov-catalog-${createHash('sha256').update(filter).digest('hex').slice(0, 16)}`;
}

/** What is sorted otherwise has what is new anywhere: a look would end before it. */
function heed(notice: SearchNotice): void {
  if (notice.kind === 'sort-replaced') throw new DatagovShapeError(notice.message);
  warnOfNotice(notice);
}

function warn(error: Error): void {
  process.emitWarning(`a look at the catalog failed, the next one goes on: ${error.message}`, {
    type: 'SluiceWarning',
    code: 'SLUICE_DATAGOV_WATCH',
  });
}
