import { asyncScheduler, merge, Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { checkOptions, type OptionNames } from '../core/checkOptions.ts';
import { checkPlainName } from '../core/checkPlainName.ts';
import type { Codecs } from '../core/codecs.ts';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';
import { type PerPriority, PRIORITIES, perPriority } from '../core/priority.ts';
import type { StartPosition, StreamStore } from '../core/store.ts';
import { chained } from '../internal/graph.ts';
import { LONGEST_MS } from '../internal/longestMs.ts';
import type { TracingSwitches } from '../telemetry/tracingSwitches.ts';
import { checkStart } from './checkStart.ts';
import { type FailurePolicy, failurePolicy } from './failurePolicy.ts';
import type { ReconnectOptions } from './patience.ts';
import { Reader } from './reader.ts';
import type { RunningSource } from './runningSource.ts';
import { SharedPartitions } from './sharedPartitions.ts';
import { type StreamPartitions, streamsOfPartitions } from './streamsOfPartitions.ts';
import { topicFilter } from './topicFilter.ts';

export interface FromTopicsOptions extends FailurePolicy {
  /** The group that shares the work: every message goes to one consumer of each group. 1 to 128 characters. */
  readonly group: string;
  /** Where a new group begins; an old one goes on where it was. @default 'earliest' */
  readonly start?: StartPosition;
  /**
   * `'key'`: of the messages of one key only one is out at a time, and the next comes when it is settled; those of
   * different keys, and those without, come in parallel. Each partition has one consumer of the group at a time, so that
   * this holds across processes. @default none
   */
  readonly orderBy?: 'key';
  /** How many unsettled deliveries may be out, for every tier or for each. @default the bus's `consume.credit` */
  readonly credit?: number | Partial<PerPriority<number>>;
  /** How long after its last sign of life a consumer's work is taken over, in ms. @default the bus's `consume.leaseMs` */
  readonly leaseMs?: number;
  /** How long deliveries may stay out once the subscription has ended, in ms. @default 30_000 */
  readonly drainMs?: number;
  /** After how long a delivery that is still out is reported in a notice, by its stage, in ms. @default 60_000 */
  readonly overdueMs?: number;
  readonly scheduler?: SchedulerLike;
}

/** For those who pass them on, too. */
export const FROM_TOPICS_OPTION_NAMES: OptionNames<FromTopicsOptions> = {
  group: true,
  start: true,
  orderBy: true,
  credit: true,
  leaseMs: true,
  drainMs: true,
  overdueMs: true,
  scheduler: true,
  attempts: true,
  backoff: true,
  permanent: true,
};

/** What the topics are read from. */
export interface TopicsPort {
  readonly store: StreamStore;
  readonly codecs: Codecs;
  /** The streams that may hold what matches: every partition of each, `<stream>.<number>`, in order of number. */
  streamsOf(pattern: string): readonly string[];
  readonly credit: PerPriority<number>;
  readonly leaseMs: number;
  readonly waitMs: number;
  /** How long to try again while the store can't be used. @default for ever */
  readonly reconnect?: ReconnectOptions;
  readonly consumerName: () => string;
  readonly notify: Notify;
  readonly tracing?: TracingSwitches;
  /** Told of every source before it starts, so that it can be closed; throws if nothing may start any more. */
  readonly started: (source: RunningSource) => void;
}

/**
 * Reads the topics that match a pattern, for a group: an Observable of deliveries.
 *
 *     store:       a-b--------c-----
 *     fromTopics:  a-b--------c-----    never completes by itself
 *
 * Order: a tier's is the store's, within a partition; more urgent tiers first; with `orderBy: 'key'`, as it says. Memory: no more than `credit` deliveries a tier are out at
 * once; credit comes back on settlement, not on emission. Settlement: the subscriber owes it. Unsubscribing stops the
 * reading; what is out may still be settled for `drainMs`, then it is given back.
 *
 * Each subscription is one consumer of the group, and settles for the group what does not match: so a group is bound to
 * its pattern, and joining it with another is an error. Errors: `GroupPatternError`; a store that refuses for good;
 * `StoreGivenUpError`, if the bus's `reconnect.giveUpAfterMs` sets an end.
 *
 * @throws {InvalidPatternError | InvalidOptionError} at the call
 */
export function fromTopics(port: TopicsPort, pattern: string, options: FromTopicsOptions): Observable<Delivery> {
  checkOptions('options', options, FROM_TOPICS_OPTION_NAMES);
  const {
    group,
    start = 'earliest',
    drainMs = 30_000,
    overdueMs = 60_000,
    leaseMs = port.leaseMs,
    scheduler = asyncScheduler,
    attempts = 5,
    orderBy,
  } = options;
  const matches = topicFilter(pattern);
  checkPlainName('group', group);
  checkStart('start', start);
  checkTime('leaseMs', leaseMs, 1);
  checkTime('drainMs', drainMs, 0);
  checkTime('overdueMs', overdueMs, 1);
  if (orderBy !== undefined && orderBy !== 'key') throw new InvalidOptionError('orderBy', orderBy, "'key', or nothing");
  const judge = failurePolicy(options);
  const partitions = port.streamsOf(pattern);
  const ordered = orderBy !== undefined;
  const streams = ordered ? streamsOfPartitions(partitions) : partitions.map((stream) => ({ stream, partitions: [] }));
  const credit = creditOf(options.credit, port.credit, streams.length);
  const sourceCredit = creditOf(options.credit, port.credit, 1);
  const setup = { ...port, judge, attempts, sourceCredit, leaseMs, drainMs, overdueMs, scheduler, ordered };
  const readerOf = (stream: string, share: PerPriority<number>, subscriber: Subscriber<Delivery>) => {
    const filter = { stream, group, matches, codecs: port.codecs };
    return new Reader({ ...setup, group: { stream, group, pattern, start }, filter, credit: share }, subscriber);
  };
  const sharedOf = (stream: StreamPartitions, subscriber: Subscriber<Delivery>) => {
    const name = port.consumerName();
    return new SharedPartitions({ ...setup, ...stream, group, credit, name, reader: readerOf }, subscriber);
  };
  const sources = streams.map((stream) =>
    started(port, (subscriber) =>
      ordered ? sharedOf(stream, subscriber) : readerOf(stream.stream, credit, subscriber),
    ),
  );
  const attributes = { group, streams: partitions, start, ...(orderBy && { orderBy }) };
  return chained(merge(...sources), [{ kind: 'source', name: pattern, attributes }]);
}

/** What runs while it is subscribed, and as long after that as it takes to settle what is out. */
interface Source extends RunningSource {
  start(): void;
  drain(): void;
}

function started(port: TopicsPort, make: (subscriber: Subscriber<Delivery>) => Source): Observable<Delivery> {
  return new Observable<Delivery>((subscriber) => {
    const source = make(subscriber);
    port.started(source);
    source.start();
    return () => source.drain();
  });
}

function checkTime(option: string, value: unknown, from: number): void {
  if (typeof value === 'number' && value >= from && value <= LONGEST_MS) return;
  throw new InvalidOptionError(option, value, `a number of ms from ${from} to ${LONGEST_MS}`);
}

/** The credit of each stream: the whole is shared out evenly. */
function creditOf(own: FromTopicsOptions['credit'], preset: PerPriority<number>, streams: number): PerPriority<number> {
  if (own !== undefined && typeof own !== 'number' && typeof own !== 'object') {
    throw new InvalidOptionError('credit', own, 'a whole number from 1, or an object with that for some tiers');
  }
  const given = typeof own === 'number' ? perPriority(() => own) : { ...preset, ...own };
  for (const priority of PRIORITIES) {
    const credit = given[priority];
    if (!Number.isInteger(credit) || credit < 1) {
      throw new InvalidOptionError(`credit.${priority}`, credit, 'a whole number from 1');
    }
  }
  return perPriority((priority) => Math.max(1, Math.floor(given[priority] / streams)));
}
