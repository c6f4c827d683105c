import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { endSending, sendingTarget, startSending } from '../../src/telemetry/producerSpan.ts';
import { activeTracer } from '../../src/telemetry/tracer.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

const SUPPLIED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const target = sendingTarget({ system: 'memory', stream: 'main' });

describe('startSending, endSending', () => {
  let tracing: Tracing;
  beforeEach(() => {
    tracing = startTracing();
  });
  afterEach(() => tracing.stop());

  it('makes a PRODUCER span, a child of the given context, and puts its context into the headers', () => {
    const parent = activeTracer()?.startSpan('caller');
    if (!parent) throw new Error('no SDK');
    const given = { tenant: 'a' };
    const sending = startSending(target, 'orders.new', given, trace.setSpan(ROOT_CONTEXT, parent));
    endSending(sending?.span, undefined, 'main:normal:1-0');

    const made = tracing.span('publish main');
    const { traceId, spanId } = made.spanContext();
    expect(made.kind).to.equal(SpanKind.PRODUCER);
    expect(made.parentSpanContext?.spanId).to.equal(parent.spanContext().spanId);
    expect(sending?.headers).to.deep.equal({ tenant: 'a', traceparent: `00-${traceId}-${spanId}-01` });
    expect(given).to.deep.equal({ tenant: 'a' });
    expect(made.attributes).to.deep.equal({
      'messaging.system.name': 'memory',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'main',
      'sluice.topic': 'orders.new',
      'messaging.message.id': 'main:normal:1-0',
    });
  });

  it('leaves a context that the user supplied as it is, and links to it', () => {
    const headers = { traceparent: SUPPLIED };
    const sending = startSending(target, 'orders.new', headers);
    endSending(sending?.span, undefined);
    expect(sending?.headers).to.equal(headers);
    const made = tracing.span('publish main');
    expect(made.kind).to.equal(SpanKind.CLIENT);
    expect(made.links.map(({ context }) => context.spanId)).to.deep.equal(['b7ad6b7169203331']);
  });

  it('passes a context that is not sampled on without a span', () => {
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent: SUPPLIED.replace(/01$/, '00') });
    const sending = startSending(target, 'orders.new', undefined, parent);
    expect(sending?.span).to.equal(undefined);
    expect(sending?.headers).to.deep.equal({ traceparent: SUPPLIED.replace(/01$/, '00') });
  });

  it('fails when the store refused', () => {
    endSending(startSending(target, 'orders.new')?.span, new RangeError('full'));
    const made = tracing.span('publish main');
    expect(made.status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'full' });
    expect(made.attributes).to.include({ 'error.type': 'RangeError' });
  });

  it('makes nothing at all without an SDK', async () => {
    await tracing.stop();
    expect(startSending(target, 'orders.new', { tenant: 'a' })).to.equal(undefined);
    endSending(undefined, undefined);
  });
});
