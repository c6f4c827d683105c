import { expect } from 'chai';
import { LatencyHistogram } from '../../../../src/cli/bench/measuring/latencyHistogram.ts';
import { holds } from '../../../../src/cli/bench/modes/stress.ts';

function figures({ ms = 10, unhandled = 0, refused = 0 }) {
  const histogram = new LatencyHistogram();
  histogram.record(ms);
  return { latency: histogram.figures(), unhandled, refused };
}

describe('stress', () => {
  it('holds a rate at which every message is taken and handled soon enough', () => {
    expect(holds(figures({}), 20)).equal(true);
    expect(holds(figures({ ms: 30 }), 20)).equal(false);
    expect(holds(figures({ unhandled: 1 }), 20)).equal(false);
    expect(holds(figures({ refused: 1 }), 20)).equal(false);
  });

  it('holds none at which nothing was measured', () => {
    expect(holds({ latency: undefined, unhandled: 0, refused: 0 }, 20)).equal(false);
  });
});
