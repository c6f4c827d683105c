import { doubleOf, type Field, fieldsOf } from './protobuf.ts';
import { type AttributeValue, kindOf, type ReceivedAttributes, type ReceivedSpan, statusOf } from './receivedSpan.ts';

/** Reads an ExportTraceServiceRequest; the numbers are those of opentelemetry-proto. */
export function spansOfProtobuf(body: Uint8Array): readonly ReceivedSpan[] {
  return all(body, 1).flatMap((resourceSpans) => {
    const service = String(attributesOf(all(one(resourceSpans, 1), 1))['service.name'] ?? '');
    return all(resourceSpans, 2).flatMap((scopeSpans) => {
      const scope = text(one(one(scopeSpans, 1), 1));
      return all(scopeSpans, 2).map((span) => spanOf(span, service, scope));
    });
  });
}

function spanOf(span: Uint8Array, service: string, scope: string): ReceivedSpan {
  const status = one(span, 15);
  return {
    service,
    scope,
    traceId: hex(one(span, 1)),
    spanId: hex(one(span, 2)),
    parentSpanId: hex(one(span, 4)),
    name: text(one(span, 5)),
    kind: kindOf(Number(number(span, 6))),
    startNs: number(span, 7),
    endNs: number(span, 8),
    attributes: attributesOf(all(span, 9)),
    events: all(span, 11).map((event) => text(one(event, 2))),
    links: all(span, 13).map((link) => ({ traceId: hex(one(link, 1)), spanId: hex(one(link, 2)) })),
    status: { code: statusOf(Number(number(status, 3))), message: text(one(status, 2)) },
  };
}

function attributesOf(keyValues: readonly Uint8Array[]): ReceivedAttributes {
  return Object.fromEntries(keyValues.map((pair) => [text(one(pair, 1)), contentOf(one(pair, 2))]));
}

function contentOf(anyValue: Uint8Array): AttributeValue {
  const [field] = fieldsOf(anyValue);
  if (field === undefined) return '';
  if (typeof field.value === 'bigint') return scalarOf(field.number, field.value);
  if (field.number === 5) return all(field.value, 1).map(contentOf);
  return text(field.value);
}

function scalarOf(field: number, value: bigint): AttributeValue {
  if (field === 2) return value === 1n;
  return field === 4 ? doubleOf(value) : Number(BigInt.asIntN(64, value));
}

function of(message: Uint8Array, wanted: number): readonly Field[] {
  return [...fieldsOf(message)].filter((field) => field.number === wanted);
}

function all(message: Uint8Array, wanted: number): readonly Uint8Array[] {
  return of(message, wanted).map(({ value }) => value as Uint8Array);
}

function one(message: Uint8Array, wanted: number): Uint8Array {
  return all(message, wanted).at(-1) ?? new Uint8Array(0);
}

function number(message: Uint8Array, wanted: number): bigint {
  return (of(message, wanted).at(-1)?.value as bigint | undefined) ?? 0n;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
