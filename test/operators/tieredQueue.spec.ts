import { expect } from 'chai';
import fc from 'fast-check';
import { PRIORITIES } from '../../src/core/priority.ts';
import { TieredQueue } from '../../src/operators/tieredQueue.ts';

describe('TieredQueue', () => {
  it('gives the most urgent first, and within a tier what came first', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PRIORITIES)), (priorities) => {
        const queue = new TieredQueue<string>();
        priorities.forEach((priority, i) => {
          queue.push(`${priority} ${i}`, priority);
        });
        const expected = PRIORITIES.flatMap((tier) =>
          priorities.flatMap((priority, i) => (priority === tier ? [`${priority} ${i}`] : [])),
        );
        expect(queue.size).to.equal(expected.length);
        expect(expected.map(() => queue.shift())).to.deep.equal(expected);
        expect([queue.shift(), queue.size]).to.deep.equal([undefined, 0]);
      }),
    );
  });
});
