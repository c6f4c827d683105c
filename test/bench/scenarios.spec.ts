import { expect } from 'chai';
import { wanted } from '../../bench/comparisonReport.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';

/** What Sluice promises of itself. */
const PROMISED = {
  publish: '≥ 2.2 ×',
  'publish-limit': '≥ 0.65 ×',
  consume: '≥ 1 ×',
  'end-to-end': '≥ 1 ×',
  'end-to-end-batched': '≥ 3 ×',
  memory: '≥ 0.5 ×',
  'latency-idle': '≤ 1.5 ×',
  'latency-loaded': '≤ 5 ×',
  route: '≤ 1.5 ×',
  'route-cold': '≥ 50 ×',
  'trace-off': '≥ 0.97 ×',
  'trace-1pct': '≥ 0.9 ×',
  scale: '≥ 45 ×',
  threads: '≥ 1.7 ×',
  soak: '≤ 1.1 ×',
  'peers-bullmq': '≥ 8 ×',
  'peers-moleculer': '≥ 8 ×',
};

describe('benchmark scenarios', () => {
  it('hold what is promised against a target', () => {
    const targets = Object.fromEntries(SCENARIOS.map(({ name, target }) => [name, target && wanted(target)]));
    expect(targets).to.include(PROMISED);
  });

  it('have names of their own', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).equal(SCENARIOS.length);
  });
});
