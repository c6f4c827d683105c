import { expect } from 'chai';
import fc from 'fast-check';
import { LaneLog } from '../../../src/adapters/memory/laneLog.ts';
import { record } from './support/stream.ts';

describe('LaneLog', () => {
  it('keeps every entry at its index until it is dropped, over many chunks', () => {
    const step = fc.record({ append: fc.nat(1_500), drop: fc.nat(1_500) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const log = new LaneLog('low');
        let nowMs = 0;
        for (const { append, drop } of steps) {
          for (let i = 0; i < append; i++) log.append(record(`${log.end}`), ++nowMs);
          log.dropBefore(Math.min(log.end, log.first + drop));
          for (let index = log.first; index < log.end; index += 97) expect(log.at(index).payload).to.equal(`${index}`);
          expect(log.stats.length).to.equal(log.end - log.first);
          // One entry a millisecond, from 1: the first of time t is at index t - 1.
          const ms = Math.floor((log.first + log.end) / 2) + 1;
          expect(log.indexSince(ms)).to.equal(Math.min(log.end, ms - 1));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('drops no more than is enough', () => {
    const log = new LaneLog('low');
    for (const payload of ['a', 'b', 'c']) log.append(record(payload), 1);
    expect(log.dropBefore(3, 1)).to.be.above(1);
    expect(log.first).to.equal(1);
    expect(log.dropBefore(1)).to.equal(0);
  });

  it('frees a chunk once its last entry is dropped', () => {
    const log = new LaneLog('low');
    for (let i = 0; i < 3_000; i++) log.append(record('a'), 1);
    log.dropBefore(3_000);
    const { chunks } = log as unknown as { chunks: Map<number, unknown[]> };
    expect([...chunks.keys()]).to.deep.equal([2]);
    expect(chunks.get(2)?.every((entry) => entry === undefined)).to.equal(true);
  });
});
