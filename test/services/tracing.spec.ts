import { trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { connect } from '../../src/index.ts';
import { type DbnomicsEndpoints, dbnomicsService, serviceClient } from '../../src/services/index.ts';
import { DbnomicsServer } from '../support/dbnomicsServer.ts';
import { eventually } from '../support/eventually.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

describe('the trace of a request to a service', () => {
  let tracing: Tracing;
  let server: DbnomicsServer;
  beforeEach(async () => {
    [tracing, server] = [startTracing(), await DbnomicsServer.start()];
  });
  afterEach(() => Promise.all([tracing.stop(), server.stop()]));

  for (const cache of [false, {}] as const) {
    it(`goes from the asker to the call over HTTP and to the replies${cache ? ', through the cache' : ''}`, async () => {
      await using bus = await connect();
      await using _running = dbnomicsService(bus, { api: server.options, cache });
      const client = serviceClient<DbnomicsEndpoints>(bus);
      const ids = ['ECB/EXR/D.USD.EUR.SP00.A'];
      await trace.getTracer('test').startActiveSpan('strategy', async (span) => {
        await client.request('dbnomics.series.fetch', { ids });
        span.end();
      });
      await eventually(() => expect(tracing.span('serve')).exist);
      const { traceId } = tracing.span('strategy').spanContext();
      const ours = tracing.spans.filter((span) => span.spanContext().traceId === traceId).map(({ name }) => name);
      expect(ours).include.members(['strategy', 'publish main.0', 'process dbnomics.*', 'serve', 'GET']);
      // Progress, a page, the result.
      expect(ours.filter((name) => name === 'publish replies.0')).lengthOf(3);
    });
  }
});
