import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { PermanentError } from '../../src/core/errors.ts';
import type { Headers, Message } from '../../src/core/message.ts';
import type { Verdict } from '../../src/core/outcome.ts';
import { endProcessing, processingSource, startProcessing } from '../../src/telemetry/consumerSpan.ts';
import { stagesOff } from '../../src/telemetry/tracingSwitches.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

const source = processingSource({
  system: 'redis',
  server: { address: 'localhost', port: 6379 },
  pattern: 'orders.*',
  stream: 'main.0',
  group: 'risk',
  consumer: 'risk-1',
});

function message(headers: Headers = {}): Message {
  return { id: 'm1', topic: 'orders.new', data: 1, priority: 'high', headers, time: 0 };
}

describe('startProcessing, endProcessing', () => {
  let tracing: Tracing;
  beforeEach(() => {
    tracing = startTracing();
  });
  afterEach(() => tracing.stop());

  function processed(outcome: Verdict): Tracing['spans'][number] {
    endProcessing(startProcessing(source, message(), 1).span, outcome);
    return tracing.span('process orders.*');
  }

  it("makes a CONSUMER span with the conventions' attributes, a child of the headers' context", () => {
    const headers = { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01`, tracestate: 'vendor=1' };
    const { context, span } = startProcessing(source, message(headers), 3);
    expect(trace.getSpan(context)).to.equal(span);
    endProcessing(span, { kind: 'ack' });

    const made = tracing.span('process orders.*');
    expect(made.kind).to.equal(SpanKind.CONSUMER);
    expect(made.spanContext().traceId).to.equal(TRACE_ID);
    expect(made.parentSpanContext?.spanId).to.equal(SPAN_ID);
    expect(made.spanContext().traceState?.get('vendor')).to.equal('1');
    expect(made.status.code).to.equal(SpanStatusCode.UNSET);
    expect(made.attributes).to.deep.equal({
      'messaging.system.name': 'redis',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'main.0',
      'messaging.destination.template': 'orders.*',
      'messaging.consumer.group.name': 'risk',
      'messaging.client.id': 'risk-1',
      'server.address': 'localhost',
      'server.port': 6379,
      'messaging.message.id': 'm1',
      'sluice.topic': 'orders.new',
      'sluice.priority': 'high',
      'sluice.attempt': 3,
      'sluice.outcome': 'ack',
    });
  });

  it('begins a trace of its own where the headers carry none', () => {
    expect(processed({ kind: 'ack' }).parentSpanContext).to.equal(undefined);
  });

  it('makes no span under a parent that is not sampled, and carries its context on', () => {
    const { context, span } = startProcessing(source, message({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-00` }), 1);
    expect(span).to.equal(undefined);
    expect(trace.getSpanContext(context)?.spanId).to.equal(SPAN_ID);
    endProcessing(span, { kind: 'ack' });
    expect(tracing.spans).to.deep.equal([]);
  });

  it('fails on an error: the code of ours, the name of another', () => {
    const made = processed({ kind: 'reject', error: new PermanentError('no such account') });
    expect(made.status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'no such account' });
    expect(made.attributes).to.include({ 'error.type': 'PERMANENT', 'sluice.outcome': 'reject' });
    expect(made.events.map(({ name }) => name)).to.deep.equal(['exception']);
    endProcessing(startProcessing(source, message(), 1).span, { kind: 'fail', error: new TypeError('oops') });
    expect(tracing.spans[1]?.attributes).to.include({ 'error.type': 'TypeError' });
  });

  it('does not fail on a retry that gives no error, nor on a release', () => {
    expect(processed({ kind: 'retry', delayMs: 5 }).status.code).to.equal(SpanStatusCode.UNSET);
    endProcessing(startProcessing(source, message(), 1).span, { kind: 'release' });
    expect(tracing.spans.map(({ attributes }) => attributes['sluice.outcome'])).to.deep.equal(['retry', 'release']);
    expect(tracing.spans.every(({ attributes }) => attributes['error.type'] === undefined)).to.equal(true);
  });

  it('makes no spans of its own, or of stages, where the source is told so', () => {
    const headers = { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` };
    const started = (enabled: boolean, stages: boolean) => {
      const switched = processingSource({ system: 'redis', pattern: '*', stream: 'm', tracing: { enabled, stages } });
      const { context, span } = startProcessing(switched, message(headers), 1);
      const { traceId } = trace.getSpanContext(context) ?? {};
      return { span: span !== undefined, stages: !stagesOff(context), kept: traceId === TRACE_ID };
    };
    expect(started(true, true)).to.deep.equal({ span: true, stages: true, kept: true });
    expect(started(true, false)).to.deep.equal({ span: true, stages: false, kept: true });
    expect(started(false, true)).to.deep.equal({ span: false, stages: false, kept: true });
  });

  it('makes nothing at all without an SDK', async () => {
    await tracing.stop();
    const headers = { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` };
    const first = startProcessing(source, message(headers), 1);
    expect(first).to.deep.equal({ context: ROOT_CONTEXT, span: undefined });
    expect(startProcessing(source, message(), 1)).to.equal(first);
  });
});
