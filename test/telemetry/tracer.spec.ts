import { type TracerProvider, trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { activeTracer } from '../../src/telemetry/tracer.ts';
import { startTracing } from '../support/tracing.ts';

describe('activeTracer', () => {
  afterEach(() => trace.disable());

  it('is undefined while no SDK is registered', () => {
    expect(activeTracer()).to.equal(undefined);
    trace.getTracer('someone');
    expect(activeTracer()).to.equal(undefined);
  });

  it('follows an SDK that is registered, removed and replaced', async () => {
    const first = startTracing();
    const tracer = activeTracer();
    expect(tracer?.startSpan('x').isRecording()).to.equal(true);
    expect(activeTracer()).to.equal(tracer);
    await first.stop();
    expect(activeTracer()).to.equal(undefined);
    const second = startTracing();
    expect(activeTracer()?.startSpan('y').isRecording()).to.equal(true);
    await second.stop();
  });

  it('notices an SDK that is registered after the API was first asked', () => {
    const provider: TracerProvider = trace.getTracerProvider();
    expect(activeTracer()).to.equal(undefined);
    const tracer = provider.getTracer('theirs');
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
    expect(activeTracer()).to.equal(tracer);
  });

  it('takes the tracer of a provider that is no proxy', () => {
    const tracer = trace.getTracer('theirs');
    const before = trace.getTracerProvider;
    trace.getTracerProvider = () => ({ getTracer: () => tracer });
    try {
      expect(activeTracer()).to.equal(tracer);
    } finally {
      trace.getTracerProvider = before;
    }
  });
});
