import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  trace,
} from '@opentelemetry/api';
import type { Message } from '../core/message.ts';
import type { Verdict } from '../core/outcome.ts';
import { ATTRIBUTE } from './attributes.ts';
import { endSettled } from './endSettled.ts';
import { sampled } from './sampled.ts';
import { activeTracer } from './tracer.ts';
import { TRACE_ALL, type TracingSwitches, withoutStages } from './tracingSwitches.ts';

/** What every delivery of a source has in common. */
export interface ProcessingInput {
  /** The store's name. */
  readonly system: string;
  readonly server?: { readonly address: string; readonly port: number } | undefined;
  /** The pattern: the template of the destination. */
  readonly pattern: string;
  /** The stream: the destination. */
  readonly stream: string;
  readonly partition?: string;
  readonly group?: string;
  readonly consumer?: string;
  /** @default everything */
  readonly tracing?: TracingSwitches | undefined;
}

/** The static part of a source's spans. */
export interface ProcessingSource {
  readonly name: string;
  readonly options: SpanOptions;
  readonly tracing: TracingSwitches;
}

/** A delivery's context, with its span if there is one. */
export interface Processing {
  readonly context: Context;
  readonly span: Span | undefined;
}

/** Prepares the spans of a source: once a source, or once a consumer's name. */
export function processingSource(input: ProcessingInput): ProcessingSource {
  const { system, server, pattern, stream, partition, group, consumer, tracing = TRACE_ALL } = input;
  const attributes = {
    [ATTRIBUTE.system]: system,
    [ATTRIBUTE.operationName]: 'process',
    [ATTRIBUTE.operationType]: 'process',
    [ATTRIBUTE.destinationName]: stream,
    [ATTRIBUTE.destinationTemplate]: pattern,
    [ATTRIBUTE.partitionId]: partition,
    [ATTRIBUTE.groupName]: group,
    [ATTRIBUTE.clientId]: consumer,
    [ATTRIBUTE.serverAddress]: server?.address,
    [ATTRIBUTE.serverPort]: server?.port,
  };
  return { name: `process ${pattern}`, options: { kind: SpanKind.CONSUMER, attributes }, tracing };
}

/**
 * Starts the CONSUMER span of a delivery as it is handed over, a child of the context in the message's headers. Call it
 * then, not when the message was fetched. Without an SDK, and under a parent that is not sampled, there is no span.
 */
export function startProcessing(source: ProcessingSource, message: Message, attempt: number): Processing {
  const tracer = activeTracer();
  if (tracer === undefined) return UNTRACED;
  const remote = propagation.extract(ROOT_CONTEXT, message.headers);
  const { enabled, stages } = source.tracing;
  const parent = enabled && stages ? remote : withoutStages(remote);
  if (!enabled || !sampled(parent)) return { context: parent, span: undefined };
  const span = tracer.startSpan(source.name, source.options, parent);
  if (span.isRecording()) describe(span, message, attempt);
  return { context: trace.setSpan(parent, span), span };
}

const UNTRACED: Processing = { context: ROOT_CONTEXT, span: undefined };

function describe(span: Span, { id, topic, priority }: Message, attempt: number): void {
  span.setAttribute(ATTRIBUTE.messageId, id);
  span.setAttribute(ATTRIBUTE.topic, topic);
  span.setAttribute(ATTRIBUTE.priority, priority);
  span.setAttribute(ATTRIBUTE.attempt, attempt);
}

/** Ends the span of a delivery with what became of it. */
export function endProcessing(span: Span | undefined, outcome: Verdict): void {
  if (span !== undefined) endSettled(span, outcome);
}
