import { type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { activeTracer } from '../../telemetry/tracer.ts';
import { HttpError } from './httpErrors.ts';

/**
 * The CLIENT span of one attempt, by OpenTelemetry's conventions for HTTP clients; undefined without an SDK. Its address
 * is the one that may be shown.
 */
export function startClientSpan(method: string, url: URL, shown: string, attempt: number): Span | undefined {
  return activeTracer()?.startSpan(method, {
    kind: SpanKind.CLIENT,
    attributes: {
      'http.request.method': method,
      'url.full': shown,
      'server.address': url.hostname,
      'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
      ...(attempt > 1 && { 'http.request.resend_count': attempt - 1 }),
    },
  });
}

export function endClientSpan(span: Span | undefined, status: number | undefined, error?: Error): void {
  if (!span) return;
  if (status !== undefined) span.setAttribute('http.response.status_code', status);
  if (error) {
    span.setAttribute('error.type', error instanceof HttpError ? error.code : error.name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  }
  span.end();
}
