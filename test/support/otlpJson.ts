import { type AttributeValue, kindOf, type ReceivedAttributes, type ReceivedSpan, statusOf } from './receivedSpan.ts';

interface JsonValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly JsonValue[] };
}

type KeyValues = readonly { readonly key: string; readonly value: JsonValue }[];

interface JsonSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: KeyValues;
  readonly events?: readonly { readonly name: string }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

interface JsonRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: KeyValues };
    readonly scopeSpans?: readonly {
      readonly scope?: { readonly name?: string };
      readonly spans?: readonly JsonSpan[];
    }[];
  }[];
}

/** Reads an ExportTraceServiceRequest in OTLP's JSON. */
export function spansOfJson(body: string): readonly ReceivedSpan[] {
  const { resourceSpans = [] } = JSON.parse(body) as JsonRequest;
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const service = String(attributesOf(resource?.attributes)['service.name'] ?? '');
    return scopeSpans.flatMap(({ scope, spans = [] }) => spans.map((span) => spanOf(span, service, scope?.name ?? '')));
  });
}

function spanOf(span: JsonSpan, service: string, scope: string): ReceivedSpan {
  return {
    service,
    scope,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    kind: kindOf(span.kind),
    startNs: BigInt(span.startTimeUnixNano),
    endNs: BigInt(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map(({ name }) => name),
    links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
    status: { code: statusOf(span.status?.code ?? 0), message: span.status?.message ?? '' },
  };
}

function attributesOf(pairs: KeyValues = []): ReceivedAttributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, contentOf(value)]));
}

function contentOf({ stringValue, boolValue, intValue, doubleValue, arrayValue }: JsonValue): AttributeValue {
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(contentOf);
  return stringValue ?? boolValue ?? doubleValue ?? Number(intValue ?? 0);
}
