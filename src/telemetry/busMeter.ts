import { type Attributes, type BatchObservableCallback, metrics, type Observable } from '@opentelemetry/api';
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
  /** Of a call that a batch shares. */
  readonly timer: CallTimer;
  private readonly stopObserving: () => void;

  constructor(system: string, client: string, read: () => MeteredCounts) {
    const meter = metrics.getMeter('sluice');
    const common: Attributes = { [ATTRIBUTE.system]: system, [ATTRIBUTE.clientId]: client };
    const duration = meter.createHistogram('messaging.client.operation.duration', {
      unit: 's',
      description: 'Duration of calls to the store, a batch each',
      advice: { explicitBucketBoundaries: SECONDS },
    });
    this.timer = (operation, stream) => {
      const began = performance.now();
      return (error) => {
        duration.record((performance.now() - began) / 1_000, {
          ...common,
          [ATTRIBUTE.operationName]: operation,
          [ATTRIBUTE.operationType]: operation,
          [ATTRIBUTE.destinationName]: stream,
          ...(error !== undefined && { [ATTRIBUTE.errorType]: codeOf(error) }),
        });
      };
    };
    const counter = (name: string, unit: string) => meter.createObservableCounter(name, { unit });
    const gauge = (name: string, unit: string) => meter.createObservableGauge(name, { unit });
    const sent = counter('messaging.client.sent.messages', '{message}');
    const sentBytes = counter('sluice.sent.bytes', 'By');
    const consumed = counter('messaging.client.consumed.messages', '{message}');
    const settled = counter('sluice.settled.messages', '{message}');
    const errors = counter('sluice.store.errors', '{error}');
    const inHand = gauge('sluice.in_hand', '{message}');
    const waiting = gauge('sluice.publish.waiting.messages', '{message}');
    const waitingBytes = gauge('sluice.publish.waiting.bytes', 'By');
    const all: Observable[] = [sent, sentBytes, consumed, settled, errors, inHand, waiting, waitingBytes];
    const observe: BatchObservableCallback = (result) => {
      const counts = read();
      const at = (stream: string, group?: string): Attributes => ({
        ...common,
        [ATTRIBUTE.destinationName]: stream,
        ...(group !== undefined && { [ATTRIBUTE.groupName]: group }),
      });
      for (const { stream, messages, bytes } of counts.sent) {
        result.observe(sent, messages, at(stream));
        result.observe(sentBytes, bytes, at(stream));
      }
      for (const { stream, group, handedOut, settled: outcomes } of counts.consumed) {
        result.observe(consumed, handedOut, at(stream, group));
        for (const [outcome, count] of Object.entries(outcomes)) {
          result.observe(settled, count, { ...at(stream, group), [ATTRIBUTE.outcome]: outcome });
        }
      }
      for (const { stream, group, count } of counts.inHand) result.observe(inHand, count, at(stream, group));
      for (const [code, count] of Object.entries(counts.errors)) {
        result.observe(errors, count, { ...common, [ATTRIBUTE.errorType]: code });
      }
      result.observe(waiting, counts.waitingMessages, common);
      result.observe(waitingBytes, counts.waitingBytes, common);
    };
    meter.addBatchObservableCallback(observe, all);
    this.stopObserving = () => meter.removeBatchObservableCallback(observe, all);
  }

  close(): void {
    this.stopObserving();
  }
}

function codeOf(error: unknown): string {
  return error instanceof SluiceError ? error.code : 'UNKNOWN';
}
