import {
  type Context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  trace,
} from '@opentelemetry/api';
import type { Headers } from '../core/message.ts';
import { ATTRIBUTE } from './attributes.ts';
import { failSpan } from './failSpan.ts';
import { sampled } from './sampled.ts';
import { activeTracer } from './tracer.ts';

/** What every message sent to a stream has in common. */
export interface SendingInput {
  /** The store's name. */
  readonly system: string;
  readonly server?: { readonly address: string; readonly port: number } | undefined;
  readonly stream: string;
  /** The name of the client that sends. */
  readonly client?: string | undefined;
}

/** The static part of a stream's spans. */
export interface SendingTarget {
  readonly name: string;
  readonly options: SpanOptions;
}

/** A message on its way to the store. */
export interface Sending {
  /** What to send instead of the headers that were given. */
  readonly headers: Headers;
  readonly span: Span | undefined;
}

/** Prepares the spans of a stream: once a stream. */
export function sendingTarget({ system, server, stream, client }: SendingInput): SendingTarget {
  const attributes = {
    [ATTRIBUTE.system]: system,
    [ATTRIBUTE.operationName]: 'publish',
    [ATTRIBUTE.operationType]: 'send',
    [ATTRIBUTE.destinationName]: stream,
    [ATTRIBUTE.clientId]: client,
    [ATTRIBUTE.serverAddress]: server?.address,
    [ATTRIBUTE.serverPort]: server?.port,
  };
  return { name: `publish ${stream}`, options: { kind: SpanKind.PRODUCER, attributes } };
}

/**
 * Starts the span of a message that is being sent, and puts its context into the headers. Headers that already carry a
 * `traceparent` stay as they are: then the span is a CLIENT one with a link to it. Undefined without an SDK.
 * @param parent what the span is a child of; where it is not sampled its context is passed on without a span
 */
export function startSending(
  target: SendingTarget,
  topic: string,
  headers: Headers = NO_HEADERS,
  parent: Context = ROOT_CONTEXT,
): Sending | undefined {
  const tracer = activeTracer();
  if (tracer === undefined) return undefined;
  const supplied = TRACEPARENT in headers;
  if (!sampled(parent)) return { headers: supplied ? headers : injected(parent, headers), span: undefined };
  const span = tracer.startSpan(target.name, supplied ? linked(target, headers) : target.options, parent);
  if (span.isRecording()) span.setAttribute(ATTRIBUTE.topic, topic);
  return { headers: supplied ? headers : injected(trace.setSpan(parent, span), headers), span };
}

const NO_HEADERS: Headers = Object.freeze({});
const TRACEPARENT = 'traceparent';

function injected(context: Context, headers: Headers): Headers {
  const carrier = { ...headers };
  propagation.inject(context, carrier);
  return carrier;
}

function linked({ options }: SendingTarget, headers: Headers): SpanOptions {
  const context = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers));
  const links: Link[] = context ? [{ context }] : [];
  return { ...options, kind: SpanKind.CLIENT, links };
}

/** Ends the span of a message: the store has it under this id, or refused it. */
export function endSending(span: Span | undefined, error: Error | undefined, id?: string): void {
  if (span === undefined) return;
  if (error) failSpan(span, error);
  else if (id !== undefined) span.setAttribute(ATTRIBUTE.messageId, id);
  span.end();
}
