import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  from,
  ignoreElements,
  last,
  map,
  type Observable,
  of,
  type SchedulerLike,
  type Subscription,
  switchMap,
  tap,
} from 'rxjs';
import { toError } from '../../core/errors.ts';
import type { Notify } from '../../core/notice.ts';
import type { StreamStore, TrimBounds } from '../../core/store.ts';
import { idleTimer } from '../../internal/idleTimer.ts';
import { expireLetters, type LetterBounds } from './expireLetters.ts';
import { KeepingNotices } from './keepingNotices.ts';

/** A stream, its partitions, and what is kept of each of them. */
export interface KeptStream {
  readonly name: string;
  readonly partitions: readonly string[];
  readonly bounds: TrimBounds;
}

export interface HousekeeperOptions {
  readonly store: StreamStore;
  readonly streams: readonly KeptStream[];
  /** The least time between two rounds of a stream, over all processes, in ms. */
  readonly everyMs: number;
  /** After how long without a consumer a group is removed, in ms. @default never */
  readonly expireMs?: number | undefined;
  /** Whether a group is removed that still owes. @default false */
  readonly force?: boolean;
  /** How long dead letters are kept. @default for ever */
  readonly letters?: LetterBounds;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/** How long ago a consumer's lease must have ended before it is removed, in ms: whoever stood still may come back. */
export const DEAD_MS = 600_000;

/**
 * Trims the streams of a bus, and removes what is dead from their groups, whether they are published to or not. Each
 * process looks from time to time, by lot, and the first to look does the work of all: a token that they share is the turn.
 *
 * | state   | event                              | next    |
 * |---------|------------------------------------|---------|
 * | stopped | start()                            | resting |
 * | resting | everyMs, and up to half of it more | working: each stream whose turn is to be had |
 * | working | done, or failed                    | resting |
 * | any     | stop()                             | stopped |
 *
 * Resting keeps no process alive.
 */
export class Housekeeper {
  private running: Subscription | undefined;
  private readonly notices: KeepingNotices;

  constructor(private readonly options: HousekeeperOptions) {
    this.notices = new KeepingNotices(options.notify);
  }

  start(): void {
    this.rest();
  }

  stop(): void {
    this.running?.unsubscribe();
    this.running = undefined;
  }

  private rest(): void {
    const { everyMs, scheduler, random = Math.random } = this.options;
    this.running = idleTimer(everyMs * (1 + random() / 2), scheduler)
      .pipe(switchMap(() => this.round()))
      .subscribe({ complete: () => this.rest() });
  }

  /** Never fails. */
  private round(): Observable<never> {
    return from(this.options.streams).pipe(
      concatMap((stream) =>
        this.turn(stream.name).pipe(
          concatMap((mine) => (mine ? from(stream.partitions) : EMPTY)),
          concatMap((partition) => this.keep(partition, stream.bounds)),
          catchError((cause) => {
            this.notices.failed(stream.name, toError(cause));
            return EMPTY;
          }),
        ),
      ),
      ignoreElements(),
    );
  }

  /** Whether this process is the one to see to a stream now. */
  private turn(stream: string): Observable<boolean> {
    const { store, everyMs } = this.options;
    // No limit of an application has a colon in its name.
    const name = `keeping:${stream}`;
    const limits = { rate: 1_000 / everyMs, burst: 1 };
    return store.takeTokens(name, { want: 1, limits }).pipe(
      concatMap((grant) => {
        const mine = grant.granted === 1;
        if (grant.limits.rate === limits.rate) return of(mine);
        return store.setLimits(name, limits).pipe(
          last(null, undefined),
          map(() => mine),
        );
      }),
    );
  }

  private keep(partition: string, bounds: TrimBounds): Observable<unknown> {
    const { store, expireMs, force = false, letters = {}, scheduler } = this.options;
    const request = { deadMs: DEAD_MS, ...(expireMs !== undefined && { expireMs }), force };
    const isBound = Object.keys(bounds).length > 0;
    const trimming = defer(() => (isBound ? store.trim(partition, bounds) : EMPTY));
    const tidying = defer(() => store.tidy(partition, request));
    return trimming.pipe(
      tap((result) => this.notices.trimmed(partition, result)),
      last(null, undefined),
      concatMap(() => tidying),
      tap((result) => this.notices.tidied(partition, result)),
      concatMap(() => expireLetters(store, partition, letters, scheduler.now())),
      tap((count) => this.notices.expired(partition, count)),
    );
  }
}
