import { expect } from 'chai';
import { Recorder } from '../../../../src/cli/bench/measuring/recorder.ts';
import { sampleMs } from '../../../../src/cli/bench/measuring/sampleMs.ts';

const MEMORY = { heapUsed: 10, rss: 20 };

describe('Recorder', () => {
  it('tells of each stretch by itself: rates, percentiles, what waits, memory', () => {
    const recorder = new Recorder();
    for (let i = 0; i < 10; i++) recorder.countSent(0);
    for (let i = 0; i < 4; i++) recorder.countHandled(100);
    recorder.sample(500, MEMORY);
    for (let i = 0; i < 6; i++) recorder.countHandled(5);
    const second = recorder.sample(1_500, MEMORY);
    expect(recorder.series[0]).to.include({ atMs: 500, sentPerSecond: 20, handledPerSecond: 8, waiting: 6 });
    expect(second).to.include({ sentPerSecond: 0, handledPerSecond: 6, waiting: 0, heapBytes: 10, rssBytes: 20 });
    expect(recorder.series[0]?.p50Ms).to.be.closeTo(100, 0.2);
    expect(second.maxMs).to.be.closeTo(5, 0.01);
    expect(recorder.latency.maxMs).to.be.closeTo(100, 0.2);
  });

  it('has no percentiles where nothing was handled: JSON knows no NaN', () => {
    expect(new Recorder().sample(1, MEMORY)).to.include({ p50Ms: null, p99Ms: null, maxMs: null });
  });
});

describe('sampleMs', () => {
  const lengths = { 400: 50, 4000: 200, 60000: 1_000, 86400000: 86_400 };
  for (const [durationMs, ms] of Object.entries(lengths)) {
    it(`is ${ms} for ${durationMs}`, () => expect(sampleMs(Number(durationMs))).to.equal(ms));
  }
});
