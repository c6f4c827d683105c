import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';

type Callback = Parameters<SpanExporter['export']>[1];

/** How long one export may take, its repetitions included, in ms. */
const EXPORT_MS = 3_000;
/** Spans that may wait for the collector. The default of 2,048 drops silently when a burst of messages is settled. */
const QUEUE = 100_000;

/**
 * Sends spans to an OTLP/HTTP collector, one batch after the other, and remembers how that went. After a failure it
 * tries no more: a collector that is not there costs one export's time, not one a batch.
 */
export class Collector implements SpanExporter {
  /** Spans that the collector has taken. */
  taken = 0;
  /** Why it took no more. */
  error: Error | undefined;
  readonly processor: SpanProcessor;
  private readonly exporter: SpanExporter;
  private last: Promise<void> = Promise.resolve();

  /** @param base the collector's address, such as `http://localhost:4318` */
  constructor(base: string) {
    this.exporter = new OTLPTraceExporter({ url: `${base.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: EXPORT_MS });
    this.processor = new BatchSpanProcessor({ exporter: this, maxQueueSize: QUEUE, scheduledDelayMillis: 200 });
  }

  export(spans: ReadableSpan[], done: Callback): void {
    this.last = this.last.then(() => this.send(spans, done));
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private send(spans: ReadableSpan[], done: Callback): Promise<void> {
    return new Promise((resolve) => {
      const over: Callback = (result) => {
        if (result.error) this.error ??= result.error;
        else this.taken += spans.length;
        resolve();
        // Told of a failure, the processor would report it a second time, for each batch.
        done({ code: 0 });
      };
      if (this.error) over({ code: 1, error: this.error });
      else this.exporter.export(spans, over);
    });
  }
}
