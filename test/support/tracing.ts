import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, type ReadableSpan, type Sampler, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';

/** A registered OpenTelemetry SDK that keeps what it is given. */
export interface Tracing {
  /** Spans that have ended, in that order. */
  readonly spans: readonly ReadableSpan[];
  /** The one span of this name. @throws if there is none, or more than one */
  span(name: string): ReadableSpan;
  /** Takes the SDK out of the process. */
  stop(): Promise<void>;
}

/** Registers an SDK: ambient context by AsyncLocalStorage, W3C headers. */
export function startTracing(options: { readonly sampler?: Sampler } = {}): Tracing {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor({ exporter })];
  // With resource detection a span waits for it before it is exported.
  // Left out, metrics go to a collector on localhost, and `stop` waits until one that is not there was tried for long enough.
  const quiet = { autoDetectResources: false, instrumentations: [], metricReaders: [] };
  const sdk = new NodeSDK({ ...quiet, spanProcessors, ...options });
  sdk.start();
  return {
    get spans() {
      return exporter.getFinishedSpans();
    },
    span(name) {
      const [span, ...others] = exporter.getFinishedSpans().filter((each) => each.name === name);
      if (!span || others.length > 0) throw new Error(`${others.length + (span ? 1 : 0)} spans are named '${name}'`);
      return span;
    },
    async stop() {
      await sdk.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
      metrics.disable();
    },
  };
}
