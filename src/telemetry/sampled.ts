import { type Context, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';

/**
 * Whether a span is worth starting here: not under a parent that is not sampled, where it would cost half a
 * microsecond and be dropped. Without a parent the sampler is to decide.
 */
export function sampled(context: Context): boolean {
  const parent = trace.getSpanContext(context);
  return parent === undefined || isSampled(parent);
}

/** Whether the trace that a span context belongs to is kept. */
export function isSampled(spanContext: SpanContext): boolean {
  return (spanContext.traceFlags & TraceFlags.SAMPLED) !== 0;
}
