import {
  type Attributes,
  type BatchObservableCallback,
  type BatchObservableResult,
  type Histogram,
  type Meter,
  metrics,
} from '@opentelemetry/api';
import { SluiceError } from '../core/errors.ts';
import { ATTRIBUTE } from './attributes.ts';

/** Starts the clock of a call to the store; what it returns stops it. */
export type CallTimer = (operation: 'send' | 'settle', stream: string) => (error?: unknown) => void;

/** What a bus has counted, read when the metrics are collected. */
export interface MeteredCounts {
  readonly sent: readonly { readonly stream: string; readonly messages: number; readonly bytes: number }[];
  readonly consumed: readonly {
    readonly stream: string;
    readonly group: string;
    readonly handedOut: number;
    readonly settled: Readonly<Record<string, number>>;
  }[];
  readonly inHand: readonly { readonly stream: string; readonly group: string; readonly count: number }[];
  readonly waitingMessages: number;
  readonly waitingBytes: number;
  readonly errors: Readonly<Record<string, number>>;
  /** By the caches' names. */
  readonly caches: Readonly<Record<string, MeteredCache>>;
}

/** What a cache has counted. */
export interface MeteredCache {
  readonly hits: number;
  readonly misses: number;
  readonly stale: number;
  readonly bypassed: number;
  readonly failed: number;
  readonly flights: number;
  readonly failedFlights: number;
  readonly evictions: number;
  readonly entries: number;
  readonly bytes: number;
}

/** The buckets that the conventions ask for, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The metrics of a bus, for the MeterProvider that was registered when it connected; without one, nothing. */
export class BusMeter {
  private readonly common: Attributes;
  private readonly duration: Histogram;
  private readonly stopObserving: () => void;

  constructor(
    system: string,
    client: string,
    private readonly read: () => MeteredCounts,
  ) {
    const meter = metrics.getMeter('sluice');
    this.common = { [ATTRIBUTE.system]: system, [ATTRIBUTE.clientId]: client };
    this.duration = meter.createHistogram('messaging.client.operation.duration', {
      unit: 's',
      description: 'Duration of calls to the store, a batch each',
      advice: { explicitBucketBoundaries: SECONDS },
    });
    const all = observables(meter);
    const observe: BatchObservableCallback = (result) => this.observe(result, all);
    meter.addBatchObservableCallback(observe, Object.values(all));
    this.stopObserving = () => meter.removeBatchObservableCallback(observe, Object.values(all));
  }

  /** Of a call that a batch shares. */
  readonly timer: CallTimer = (operation, stream) => {
    const began = performance.now();
    return (error) => {
      this.duration.record((performance.now() - began) / 1_000, {
        ...this.at(stream),
        [ATTRIBUTE.operationName]: operation,
        [ATTRIBUTE.operationType]: operation,
        ...(error !== undefined && { [ATTRIBUTE.errorType]: codeOf(error) }),
      });
    };
  };

  close(): void {
    this.stopObserving();
  }

  private at(stream: string, group?: string): Attributes {
    const place = { ...this.common, [ATTRIBUTE.destinationName]: stream };
    return group === undefined ? place : { ...place, [ATTRIBUTE.groupName]: group };
  }

  private observe(result: BatchObservableResult, all: Observables): void {
    const counts = this.read();
    for (const { stream, messages, bytes } of counts.sent) {
      result.observe(all.sent, messages, this.at(stream));
      result.observe(all.sentBytes, bytes, this.at(stream));
    }
    for (const { stream, group, handedOut, settled } of counts.consumed) {
      result.observe(all.consumed, handedOut, this.at(stream, group));
      for (const [outcome, count] of Object.entries(settled)) {
        result.observe(all.settled, count, { ...this.at(stream, group), [ATTRIBUTE.outcome]: outcome });
      }
    }
    for (const { stream, group, count } of counts.inHand) result.observe(all.inHand, count, this.at(stream, group));
    for (const [code, count] of Object.entries(counts.errors)) {
      result.observe(all.errors, count, { ...this.common, [ATTRIBUTE.errorType]: code });
    }
    for (const [cache, of] of Object.entries(counts.caches)) this.observeCache(result, all, cache, of);
    result.observe(all.waiting, counts.waitingMessages, this.common);
    result.observe(all.waitingBytes, counts.waitingBytes, this.common);
  }

  private observeCache(result: BatchObservableResult, all: Observables, name: string, of: MeteredCache): void {
    const at = { ...this.common, [ATTRIBUTE.cacheName]: name };
    const requests = { hit: of.hits, miss: of.misses, stale: of.stale, bypass: of.bypassed, error: of.failed };
    for (const [answer, count] of Object.entries(requests)) {
      result.observe(all.cacheRequests, count, { ...at, [ATTRIBUTE.cacheAnswer]: answer });
    }
    result.observe(all.cacheFlights, of.flights, at);
    result.observe(all.cacheFailedFlights, of.failedFlights, at);
    result.observe(all.cacheEvictions, of.evictions, at);
    result.observe(all.cacheEntries, of.entries, at);
    result.observe(all.cacheBytes, of.bytes, at);
  }
}

type Observables = ReturnType<typeof observables>;

function observables(meter: Meter) {
  const counter = (name: string, unit: string) => meter.createObservableCounter(name, { unit });
  const gauge = (name: string, unit: string) => meter.createObservableGauge(name, { unit });
  return {
    sent: counter('messaging.client.sent.messages', '{message}'),
    sentBytes: counter('sluice.sent.bytes', 'By'),
    consumed: counter('messaging.client.consumed.messages', '{message}'),
    settled: counter('sluice.settled.messages', '{message}'),
    errors: counter('sluice.store.errors', '{error}'),
    inHand: gauge('sluice.in_hand', '{message}'),
    cacheRequests: counter('sluice.cache.requests', '{request}'),
    cacheFlights: counter('sluice.cache.flights', '{flight}'),
    cacheFailedFlights: counter('sluice.cache.failed_flights', '{flight}'),
    cacheEvictions: counter('sluice.cache.evictions', '{entry}'),
    cacheEntries: gauge('sluice.cache.entries', '{entry}'),
    cacheBytes: gauge('sluice.cache.size', 'By'),
    waiting: gauge('sluice.publish.waiting.messages', '{message}'),
    waitingBytes: gauge('sluice.publish.waiting.bytes', 'By'),
  };
}

function codeOf(error: unknown): string {
  return error instanceof SluiceError ? error.code : 'UNKNOWN';
}
