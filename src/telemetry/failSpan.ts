import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { SluiceError } from '../core/errors.ts';
import { ATTRIBUTE } from './attributes.ts';

/** Marks a span as failed; does not end it. */
export function failSpan(span: Span, error: Error): void {
  if (!span.isRecording()) return;
  span.setAttribute(ATTRIBUTE.errorType, error instanceof SluiceError ? error.code : error.name);
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
