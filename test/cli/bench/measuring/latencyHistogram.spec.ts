import { expect } from 'chai';
import fc from 'fast-check';
import { LatencyHistogram } from '../../../../src/cli/bench/measuring/latencyHistogram.ts';

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of values) histogram.record(ms);
  return histogram;
}

describe('LatencyHistogram', () => {
  it('has nothing to tell of nothing', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.figures()).to.equal(undefined);
    expect(histogram.percentile(50)).to.be.NaN;
    expect(histogram.maxMs).to.be.NaN;
  });

  it('tells percentiles to three digits, whatever the latencies', () => {
    const latency = fc.double({ min: 0.01, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        for (const percent of [50, 90, 99]) {
          // HdrHistogram takes the nearest rank.
          const exact = sorted[Math.max(0, Math.round((percent / 100) * sorted.length) - 1)] as number;
          expect(histogramOf(values).percentile(percent)).to.be.closeTo(exact, exact * 0.002);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('puts every latency into one bucket, whose edges hold it', () => {
    const latency = fc.double({ min: 0.000001, max: 3_600_000, noNaN: true });
    fc.assert(
      fc.property(latency, (ms) => {
        const buckets = histogramOf([ms]).figures()?.buckets ?? [];
        expect(buckets).to.have.lengthOf(1);
        // Recorded in whole nanoseconds.
        expect(buckets[0]?.fromMs).to.be.at.most(ms + 0.000001);
        expect(buckets[0]?.toMs).to.be.greaterThan(ms - 0.000001);
      }),
    );
  });

  it('draws a curve that never falls, as far towards 100 as there are messages to tell of', () => {
    const { curve = [], maxMs } = histogramOf(Array.from({ length: 1_000 }, (_, i) => i + 1)).figures() ?? {};
    const values = curve.map(([, ms]) => ms);
    expect(values).to.deep.equal(values.toSorted((a, b) => a - b));
    expect(curve.at(-1)).to.deep.equal([100, maxMs]);
    expect(curve.at(-2)?.[0]).to.be.within(99.8, 99.9);
  });

  it('counts what took longer than an hour as an hour, and a time that ran backwards as none', () => {
    expect(histogramOf([5e6]).maxMs).to.be.closeTo(3_600_000, 3_600);
    expect(histogramOf([-1]).maxMs).to.equal(0.000001);
  });

  it('forgets everything when it is reset', () => {
    const histogram = histogramOf([1, 2, 3]);
    histogram.reset();
    expect(histogram.figures()).to.equal(undefined);
    histogram.record(7);
    expect(histogram.figures()?.buckets).to.have.lengthOf(1);
  });
});
