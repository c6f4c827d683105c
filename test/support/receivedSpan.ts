export type AttributeValue = string | number | boolean | readonly AttributeValue[];
export type ReceivedAttributes = Readonly<Record<string, AttributeValue>>;

/** A span as a collector gets it, whatever it was encoded as. */
export interface ReceivedSpan {
  readonly service: string;
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  readonly attributes: ReceivedAttributes;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly events: readonly string[];
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string };
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** OTLP's numbers (opentelemetry-proto, trace/v1/trace.proto). */
const KINDS = { UNSPECIFIED: 0, INTERNAL: 1, SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 } as const;

export function kindOf(number: number): ReceivedSpan['kind'] {
  return (Object.keys(KINDS) as ReceivedSpan['kind'][])[number] ?? 'UNSPECIFIED';
}

export function statusOf(number: number): ReceivedSpan['status']['code'] {
  return (['unset', 'ok', 'error'] as const)[number] ?? 'unset';
}
