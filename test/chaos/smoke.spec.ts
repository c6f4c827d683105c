import { expect } from 'chai';
import { judge } from './checker/verdict.ts';
import type { FaultName } from './schedule/faultKinds.ts';
import { runSeed } from './world/runSeed.ts';

const FAULTS: readonly (readonly [atMs: number, name: FaultName, lastsMs: number])[] = [
  [200, 'kill a consumer', 100],
  [400, 'flush scripts', 0],
  [700, 'kill the server', 200],
  [1_600, 'cut connections', 100],
];

describe('chaos harness', () => {
  it('kills and cuts, and nothing is lost, doubled, reordered or stuck', async function () {
    this.timeout(60_000);
    const evidence = await runSeed({
      topology: 'single',
      planned: FAULTS.map(([atMs, name, lastsMs]) => ({ atMs, name, lastsMs, pick: 0, jumpMs: 0 })),
      durationMs: 2_000,
      parts: { producer: 1, keeper: 2, relay: 1, tally: 1, worker: 1, filer: 1 },
      durability: 'memory',
      rate: 60,
      tell: () => undefined,
    });
    const { findings, confirmed } = judge(evidence);
    expect(Object.entries(findings).filter(([, found]) => found.length > 0)).to.deep.equal([]);
    expect(evidence.faults.map(({ name }) => name)).to.have.members(FAULTS.map(([, name]) => name));
    expect(confirmed).to.be.above(20);
  });
});
