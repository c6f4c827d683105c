import { expect } from 'chai';
import fc from 'fast-check';
import { DueQueue } from '../../../src/adapters/memory/dueQueue.ts';
import { LaneLog } from '../../../src/adapters/memory/laneLog.ts';
import { Pending } from '../../../src/adapters/memory/pending.ts';
import { record } from './support/stream.ts';

const log = new LaneLog('normal');
const entry = log.append(record('a'), 1);

function waiting(dueMs: number, index: number): Pending {
  const pending = new Pending(entry, index);
  pending.dueMs = dueMs;
  return pending;
}

describe('DueQueue', () => {
  it('gives the soonest first, by index at equal times, whatever the order of coming and going', () => {
    const steps = fc.array(
      fc.oneof({ weight: 3, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.constant('shift') }),
    );
    fc.assert(
      fc.property(steps, (sequence) => {
        const queue = new DueQueue();
        const model: Pending[] = [];
        for (const [index, step] of [...sequence, ...sequence.map(() => 'shift')].entries()) {
          model.sort((a, b) => a.dueMs - b.dueMs || a.index - b.index);
          expect(queue.size).to.equal(model.length);
          expect(queue.soonestMs).to.equal(model[0]?.dueMs ?? Infinity);
          if (typeof step === 'number') {
            const pending = waiting(step, index);
            model.push(pending);
            queue.add(pending);
          } else if (model.length > 0) {
            expect(queue.shift()).to.equal(model.shift());
          }
        }
      }),
    );
  });
});
