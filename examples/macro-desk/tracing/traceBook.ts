import type { HrTime } from '@opentelemetry/api';
import { NoopSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Bar } from '../report/waterfall.ts';

/** How many traces are kept; later ones are only counted. */
export const KEPT_TRACES = 500;
/** Sluice's name for what a message was published under. */
const TOPIC = 'sluice.topic';

/** One trace: its spans, in the order in which they ended. */
export interface Trace {
  readonly bars: readonly Bar[];
  /** The topics of its messages, each once, in the order in which they were published. */
  readonly topics: readonly string[];
}

class KeptTrace implements Trace {
  readonly bars: Bar[] = [];
  private readonly published = new Map<string, number>();

  get topics(): readonly string[] {
    return [...this.published].sort(([, a], [, b]) => a - b).map(([topic]) => topic);
  }

  add(span: ReadableSpan): void {
    const bar = toBar(span);
    this.bars.push(bar);
    const { [TOPIC]: topic } = span.attributes;
    if (typeof topic !== 'string') return;
    this.published.set(topic, Math.min(bar.start, this.published.get(topic) ?? bar.start));
  }
}

/** Keeps the first traces of this process in its memory, to show one of them. */
export class TraceBook extends NoopSpanProcessor {
  /** Spans that ended, kept or not. */
  ended = 0;
  private readonly traces = new Map<string, KeptTrace>();

  override onEnd(span: ReadableSpan): void {
    this.ended += 1;
    const { traceId } = span.spanContext();
    const known = this.traces.get(traceId);
    if (known) return known.add(span);
    if (this.traces.size >= KEPT_TRACES) return;
    const trace = new KeptTrace();
    this.traces.set(traceId, trace);
    trace.add(span);
  }

  /** The trace with the most to tell: the most spans, and the last of those that have as many. Undefined of none. */
  richest(): Trace | undefined {
    let richest: Trace | undefined;
    for (const trace of this.traces.values()) {
      if (trace.bars.length >= (richest?.bars.length ?? 0)) richest = trace;
    }
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
