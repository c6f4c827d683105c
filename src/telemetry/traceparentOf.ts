import { isSpanContextValid, type Span } from '@opentelemetry/api';

/** Where a span is, as W3C Trace Context writes it (https://www.w3.org/TR/trace-context/#traceparent-header). */
export function traceparentOf(span: Span | undefined): string | undefined {
  const place = span?.spanContext();
  if (!place || !isSpanContextValid(place)) return undefined;
  return `00-${place.traceId}-${place.spanId}-${place.traceFlags.toString(16).padStart(2, '0')}`;
}
