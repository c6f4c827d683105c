import { expect } from 'chai';
import { FAULT_KINDS, type FaultName, faultKind, TOPOLOGIES } from './faultKinds.ts';
import { schedule } from './schedule.ts';

const TWO_MINUTES = { durationMs: 120_000 } as const;

describe('chaos schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    const of = (seed: number) => schedule({ ...TWO_MINUTES, seed, topology: 'single' });
    expect(of(7)).to.deep.equal(of(7));
    expect(of(7)).to.not.deep.equal(of(8));
  });

  it('has every fault that a topology knows within ten seeds of two minutes, and no other', () => {
    for (const topology of TOPOLOGIES) {
      const names = new Set<string>();
      for (let seed = 1; seed <= 10; seed += 1) {
        for (const { name } of schedule({ ...TWO_MINUTES, seed, topology })) names.add(name);
      }
      const known = (Object.keys(FAULT_KINDS) as FaultName[]).filter(
        (name) => faultKind(name).topologies?.includes(topology) ?? true,
      );
      expect([...names].sort(), topology).to.deep.equal(known.sort());
    }
  });

  it('is in order of time, within its bounds, and over in time', () => {
    const faults = schedule({ ...TWO_MINUTES, seed: 3, topology: 'cluster' });
    expect(faults.map(({ atMs }) => atMs)).to.deep.equal(faults.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    for (const { name, atMs, lastsMs } of faults) {
      const [from, to] = faultKind(name).lastsMs;
      expect(lastsMs).to.be.within(from, to);
      expect(atMs + lastsMs).to.be.at.most(120_000);
    }
  });
});
