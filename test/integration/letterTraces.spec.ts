import { expect } from 'chai';
import { pipeline, stage, toDeadLetter } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

describe('the trace of a dead letter', () => {
  let tracing: Tracing;
  beforeEach(() => {
    tracing = startTracing();
  });
  afterEach(() => tracing.stop());

  onEachStore((world) => {
    for (const records of ['single', 'batched'] as const) {
      it(`names the span in which it was handled: records ${records}`, async () => {
        const bus = await world.connect({ records });
        const no = stage('judge', toDeadLetter('no'));
        await using running = pipeline('p', bus.from('a.*', { group: 'g' }), no).run();
        await bus.publishMany(['a.x', 'a.y'].map((topic) => ({ topic, data: topic })));
        await eventually(() => running.counts.settled.reject === 2);
        const letters = await bus.deadLetters();
        const spans = tracing.spans.filter(({ name }) => name === 'process a.*').map((span) => span.spanContext());
        const named = spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`);
        expect(letters.map(({ trace }) => trace).toSorted()).to.deep.equal(named.toSorted());
      });
    }
  });
});
