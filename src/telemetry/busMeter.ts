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
    result.observe(all.waiting, counts.waitingMessages, this.common);
    result.observe(all.waitingBytes, counts.waitingBytes, this.common);
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
    waiting: gauge('sluice.publish.waiting.messages', '{message}'),
    waitingBytes: gauge('sluice.publish.waiting.bytes', 'By'),
  };
}

function codeOf(error: unknown): string {
  return error instanceof SluiceError ? error.code : 'UNKNOWN';
}
