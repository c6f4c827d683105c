import { expect } from 'chai';
import fc from 'fast-check';
import { Batch, type Delivery } from '../../src/core/delivery.ts';
import type { RootDuty } from '../../src/core/duty.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { isSettled, SettlementTree, steps, verdict } from './settlementTree.ts';

const roots = fc.integer({ min: 1, max: 4 });

describe('settlement, over random trees of with, split, batch and settle', () => {
  it('tells a source exactly what the rules say, whatever the order, and once', () =>
    fc.assert(
      fc.property(roots, steps, fc.boolean(), (count, life, latestFirst) => {
        const tree = new SettlementTree(count);
        for (const step of life) tree.run(step);
        tree.finish(latestFirst);
        // TestSource throws when it is told twice.
        expect(tree.source.settlements).length(count);
        for (const { data, verdict: told } of tree.source.settlements) {
          const expected = tree.roots[data as number]?.verdict;
          expect(told.kind).equal(expected?.kind);
          if (told.kind === 'retry') expect(told).deep.equal(expected);
        }
      }),
      { numRuns: 1_000 },
    ));

  it('knows at every step what has settled', () =>
    fc.assert(
      fc.property(roots, steps, (count, life) => {
        const tree = new SettlementTree(count);
        for (const step of life) {
          tree.run(step);
          for (const { delivery, node } of tree.nodes) expect(delivery.settled).equal(isSettled(node));
        }
      }),
      { numRuns: 300 },
    ));

  it('leads from every node to its roots, each once', () =>
    fc.assert(
      fc.property(roots, steps, (count, life) => {
        const tree = new SettlementTree(count);
        for (const step of life) tree.run(step);
        for (const { delivery } of tree.nodes) {
          const { roots: found } = delivery.duty;
          const reached = rootsOf(delivery);
          expect(found.length).within(1, count);
          expect(new Set(found).size).equal(found.length);
          expect(found.every((root) => reached.has(root)) && reached.size === found.length).equal(true);
        }
      }),
      { numRuns: 300 },
    ));

  it('settles a split once every share has, with the worst, in any order', () =>
    fc.assert(
      fc.property(fc.array(verdict, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.nat()), (verdicts, lots) => {
        const source = new TestSource();
        const open = source
          .deliver('x')
          .split(verdicts)
          .map((share) => share as Delivery);
        while (open.length > 0) {
          expect(source.settlements).length(0);
          const [share] = open.splice(lots.next().value % open.length, 1);
          share?.settle(share.data as never);
        }
        const order = ['ack', 'release', 'retry', 'fail', 'reject'];
        const worst = Math.max(...verdicts.map(({ kind }) => order.indexOf(kind)));
        expect(source.settlements.map((each) => each.verdict.kind)).deep.equal([order[worst]]);
      }),
    ));

  it("brings a batch's verdict to every member that is open, and to no other", () =>
    fc.assert(
      fc.property(fc.array(fc.option(verdict), { minLength: 1, maxLength: 6 }), verdict, (before, given) => {
        const source = new TestSource();
        const [first, ...rest] = before.map((_, i) => source.deliver(i)) as [Delivery, ...Delivery[]];
        const batch = Batch.of([first, ...rest]);
        for (const [i, each] of before.entries()) if (each) batch.members[i]?.settle(each);
        expect(batch.settle(given)).equal(before.includes(null));
        expect(batch.settled).equal(true);
        for (const { data, verdict: told } of source.settlements) expect(told).equal(before[data as number] ?? given);
        expect(source.settlements).length(before.length);
      }),
    ));
});

function rootsOf({ duty }: Delivery): Set<RootDuty> {
  const found = new Set<RootDuty>();
  const open = [duty];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.origins.length === 0) found.add(next as RootDuty);
    open.push(...next.origins);
  }
  return found;
}
