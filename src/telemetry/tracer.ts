import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';

/** The instrumentation scope of every span of Sluice. */
const SCOPE = 'sluice';

let seen: TracerProvider | undefined;
let tracer: Tracer | undefined;

/**
 * The tracer of the registered SDK; undefined when there is none, so that whoever asks is left with a branch.
 *
 * OpenTelemetry itself can't be asked: without an SDK it hands out tracers that make empty spans.
 */
export function activeTracer(): Tracer | undefined {
  const provider: TracerProvider & Proxied = trace.getTracerProvider();
  if (provider !== seen) {
    seen = provider;
    tracer = undefined;
  }
  if (tracer === undefined)
    tracer = provider.getDelegateTracer ? provider.getDelegateTracer(SCOPE) : provider.getTracer(SCOPE);
  return tracer;
}

/** The API registers a proxy, which has no delegate before an SDK sets one. */
interface Proxied {
  getDelegateTracer?(name: string): Tracer | undefined;
}
