import { setTimeout as wait } from 'node:timers/promises';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { Collector } from './collector.ts';
import { FirstTraces } from './firstTraces.ts';
import { KEPT_TRACES, TraceBook } from './traceBook.ts';

/** What the program knows of its own traces. */
export interface Tracing {
  readonly book: TraceBook;
  /** Sends the last spans, and resolves with a sentence if the collector did not get them all; takes 5 s at most. */
  finish(): Promise<string | undefined>;
}

const FINISH_MS = 5_000;

/**
 * Registers the OpenTelemetry SDK. Before anything connects: a pipeline that starts without an SDK is not traced.
 * Without a collector only the traces that can be shown are made, so that the others cost next to nothing.
 *
 * @param otlp the address of a collector that is to have the traces as well
 */
export function startTracing(otlp: string | undefined): Tracing {
  const book = new TraceBook();
  const collector = otlp === undefined ? undefined : new Collector(otlp);
  const spanProcessors = collector ? [book, collector.processor] : [book];
  const sampler = new ParentBasedSampler({ root: collector ? new AlwaysOnSampler() : new FirstTraces(KEPT_TRACES) });
  // Left out, metrics go to a collector on localhost, and the end waits until one that is not there was tried for long enough.
  const sdk = new NodeSDK({
    serviceName: 'macro-desk',
    autoDetectResources: false,
    spanProcessors,
    sampler,
    metricReaders: [],
  });
  sdk.start();
  return {
    book,
    async finish() {
      const late = new AbortController();
      const timeout = wait(FINISH_MS, undefined, { signal: late.signal }).catch(() => undefined);
      await Promise.race([sdk.shutdown().catch(() => undefined), timeout]);
      late.abort();
      return collector && complaint(collector, book.ended, otlp);
    },
  };
}

function complaint({ taken, error }: Collector, ended: number, otlp: string | undefined): string | undefined {
  if (taken >= ended) return undefined;
  const why = error ? `: ${error.message || 'it does not answer'}` : ' in time';
  return `warning: the collector at ${otlp} did not take ${ended - taken} of ${ended} spans${why}`;
}
