import type { Span } from '@opentelemetry/api';
import type { Verdict } from '../core/outcome.ts';
import { ATTRIBUTE } from './attributes.ts';
import { failSpan } from './failSpan.ts';

/** Ends a span with the verdict that ended its work: an error fails it. */
export function endSettled(span: Span, verdict: Verdict): void {
  if (span.isRecording()) {
    span.setAttribute(ATTRIBUTE.outcome, verdict.kind);
    if ('error' in verdict && verdict.error) failSpan(span, verdict.error);
  }
  span.end();
}
