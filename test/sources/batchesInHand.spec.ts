import { expect } from 'chai';
import type { Origin } from '../../src/core/duty.ts';
import { openBatch } from '../../src/core/openedBatch.ts';
import { ACK, type Outcome, RELEASE } from '../../src/core/outcome.ts';
import { packRecords } from '../../src/core/recordBatch.ts';
import type { Part, Settlement } from '../../src/core/store.ts';
import { BatchesInHand } from '../../src/sources/batchesInHand.ts';
import { BatchInHand } from '../../src/sources/batchInHand.ts';
import { PartDuty } from '../../src/sources/partDuty.ts';
import { VirtualTime } from '../support/virtualTime.ts';

const RETRY: Outcome = { kind: 'retry', delayMs: 7 };
const REJECT: Outcome = { kind: 'reject', error: new Error('no') };
const ORIGIN: Origin = { name: 'test', settle: () => undefined, flushed: () => undefined as never };

/** Batches of numbers in hand, and what was told of them, in virtual time. */
function world(run: (world: World) => void): void {
  const scheduler = new VirtualTime();
  scheduler.run(() => {
    const told: Settlement[] = [];
    const hand = new BatchesInHand(
      (settlement) => told.push(settlement),
      () => undefined,
      scheduler,
    );
    const add = (count: number, parts?: readonly Part[]): readonly PartDuty[] => {
      const numbers = Array.from({ length: count }, (_, i) => `${i}`);
      const plain = { priority: 'normal', topic: 'a', type: '', encoding: 'json', meta: '' } as const;
      const record = packRecords(numbers.map((payload) => ({ ...plain, payload })));
      const entry = { ...record, id: '1-0', attempt: 1, ...(parts && { parts }) };
      const batch = new BatchInHand(entry, openBatch(entry), 0);
      const duties: PartDuty[] = [];
      hand.add(batch);
      batch.each((index, attempt) => duties.push(new PartDuty(ORIGIN, batch, index, attempt, undefined, 0)));
      for (const duty of duties) hand.handedOut(duty);
      return duties;
    };
    const settle = (duties: readonly (PartDuty | undefined)[], outcome: Outcome) => {
      for (const duty of duties) {
        if (!duty) continue;
        duty.outcome = outcome;
        hand.settled(duty);
      }
    };
    const after = (ms: number, then: () => void) => scheduler.schedule(then, ms);
    run({ hand, told, add, settle, after });
  });
}

interface World {
  readonly hand: BatchesInHand;
  readonly told: Settlement[];
  add(count: number, parts?: readonly Part[]): readonly PartDuty[];
  settle(duties: readonly (PartDuty | undefined)[], outcome: Outcome): void;
  after(ms: number, then: () => void): void;
}

const WHOLE = { priority: 'normal', id: '1-0', attempt: 1 } as const;

function part(indexes: readonly number[], outcome: Outcome, attempt = 1) {
  return { ...WHOLE, attempt, outcome, stage: undefined, parts: { count: 3, indexes } };
}

describe('BatchesInHand', () => {
  it('tells of a whole batch once, when the last of it is acked', () => {
    world(({ hand, told, add, settle }) => {
      const duties = add(3);
      settle(duties.slice(0, 2), ACK);
      hand.flush();
      expect(told).to.deep.equal([]);
      settle(duties.slice(2), ACK);
      hand.flush();
      expect(told).to.deep.equal([{ ...WHOLE, outcome: ACK }]);
      expect([hand.size, [...hand.held()]]).to.deep.equal([0, []]);
    });
  });

  it('gives a whole batch back as one', () => {
    world(({ hand, told, add, settle }) => {
      settle(add(3), RELEASE);
      hand.flush();
      expect(told).to.deep.equal([{ ...WHOLE, outcome: RELEASE }]);
    });
  });

  it('tells at once of what comes again, with the acks so far; then only of what was settled since', () => {
    world(({ hand, told, add, settle }) => {
      const [a, b, c] = add(3);
      settle([a], ACK);
      settle([b], RETRY);
      hand.flush();
      expect(told.splice(0)).to.deep.equal([part([0], ACK), part([1], RETRY)]);
      expect([...hand.held()]).to.deep.equal([{ priority: 'normal', id: '1-0', index: 2 }]);
      settle([c], ACK);
      hand.flush();
      expect(told).to.deep.equal([part([2], ACK)]);
    });
  });

  it('hands a rejected message over as an entry of its own would have it', () => {
    world(({ hand, told, add, settle }) => {
      settle(add(3).slice(1, 2), REJECT);
      hand.flush();
      const [rejected] = told;
      expect(rejected?.outcome).to.equal(REJECT);
      expect(rejected?.parts).to.deep.equal({
        count: 3,
        indexes: [1],
        records: [{ priority: 'normal', topic: 'a', payload: '1', type: '', encoding: 'json', meta: '' }],
      });
    });
  });

  it('tells of acks that have waited for 100 ms, and of no batch that has none', () => {
    world(({ hand, told, add, settle, after }) => {
      const duties = add(3);
      add(2);
      settle(duties.slice(0, 1), ACK);
      after(99, () => expect(told).to.deep.equal([]));
      after(101, () => {
        expect(told.splice(0)).to.deep.equal([part([0], ACK)]);
        settle(duties.slice(1), ACK);
        hand.flush();
        expect(told).to.deep.equal([part([1, 2], ACK)]);
      });
    });
  });

  it('tells of messages in parts by their own attempts', () => {
    world(({ hand, told, add, settle }) => {
      const parts = [0, 2, 1].map((index) => ({ index, attempt: index === 1 ? 4 : 2 }));
      settle(add(3, parts), ACK);
      hand.flush();
      expect(told).to.deep.equal([part([0, 2], ACK, 2), part([1], ACK, 4)]);
    });
  });

  it('tells all there is when asked to, and nothing of what was forgotten', () => {
    world(({ hand, told, add, settle }) => {
      const duties = add(3);
      settle(duties.slice(0, 1), ACK);
      hand.flush(true);
      expect(told.splice(0)).to.deep.equal([part([0], ACK)]);
      hand.clear();
      settle(duties.slice(1), RETRY);
      hand.flush(true);
      expect([told, hand.size]).to.deep.equal([[], 0]);
    });
  });
});
