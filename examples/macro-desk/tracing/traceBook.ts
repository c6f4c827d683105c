import type { HrTime } from '@opentelemetry/api';
import { NoopSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Bar } from '../report/waterfall.ts';

/** How many traces are kept; later ones are only counted. */
const KEPT = 500;

/** Keeps the first traces of this process in its memory, to show one of them. */
export class TraceBook extends NoopSpanProcessor {
  /** Spans that ended, kept or not. */
  ended = 0;
  private readonly traces = new Map<string, Bar[]>();

  override onEnd(span: ReadableSpan): void {
    this.ended += 1;
    const { traceId } = span.spanContext();
    const bars = this.traces.get(traceId);
    if (bars) bars.push(toBar(span));
    else if (this.traces.size < KEPT) this.traces.set(traceId, [toBar(span)]);
  }

  /** The trace with the most to tell: the most spans, and the last of those that have as many. */
  richest(): readonly Bar[] {
    let richest: readonly Bar[] = [];
    for (const bars of this.traces.values()) if (bars.length >= richest.length) richest = bars;
    return richest;
  }
}

function toBar(span: ReadableSpan): Bar {
  const { name, parentSpanContext, startTime, endTime } = span;
  const { spanId: id } = span.spanContext();
  return { id, parent: parentSpanContext?.spanId, name, start: toMs(startTime), end: toMs(endTime) };
}

function toMs([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}
