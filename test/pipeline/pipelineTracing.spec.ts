import { expect } from 'chai';
import { map } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { handle } from '../../src/operators/handle.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { pipeline } from '../../src/pipeline/pipeline.ts';
import { stage } from '../../src/pipeline/stage.ts';
import { fromObservable } from '../../src/sources/fromObservable.ts';
import { endSending, sendingTarget, startSending } from '../../src/telemetry/producerSpan.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';
import { quiet } from '../support/virtualRun.ts';

describe('pipeline, traced', () => {
  let tracing: Tracing;
  beforeEach(() => {
    tracing = startTracing();
  });
  afterEach(() => tracing.stop());

  it('is one trace from publishing through processing to every stage, each ended before its parent', async () => {
    const sending = startSending(sendingTarget({ system: 'memory', stream: 'main' }), 'words');
    endSending(sending?.span, undefined, '1');
    const source = fromObservable(['a'], { name: 'words', headers: sending?.headers ?? {} });
    const parse = stage(
      'parse',
      mapData((text: string) => text.length),
    );
    const check = stage(
      'check',
      handle(async (size: number) => size),
    );
    await pipeline('words', source, parse, check).run().done;

    const nameOf = new Map(tracing.spans.map((span) => [span.spanContext().spanId, span.name]));
    const lines = tracing.spans.map(({ name, parentSpanContext: parent }) => [name, nameOf.get(parent?.spanId ?? '')]);
    expect(lines).to.deep.equal([
      ['publish main', undefined],
      ['parse', 'process words'],
      ['check', 'process words'],
      ['process words', 'publish main'],
    ]);
    expect(new Set(tracing.spans.map((span) => span.spanContext().traceId)).size).to.equal(1);
    expect(tracing.span('process words').attributes).to.include({ 'sluice.outcome': 'ack' });
  });

  it('ends the spans of what a broken stage leaves behind', async () => {
    const breaks = map((_: Delivery<string>): Delivery<string> => {
      throw new RangeError('broken');
    });
    const source = fromObservable(['a'], { name: 'words' });
    const running = pipeline('words', source, stage('breaks', breaks)).run({ ...quiet(), restart: { maxRestarts: 0 } });
    await running.done.catch(() => undefined);
    expect(tracing.span('breaks').attributes).to.include({ 'sluice.outcome': 'fail', 'error.type': 'RangeError' });
    expect(tracing.span('process words').attributes).to.include({ 'sluice.outcome': 'retry' });
  });
});
