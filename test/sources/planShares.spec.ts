import { expect } from 'chai';
import fc from 'fast-check';
import type { Attendee } from '../../src/core/store.ts';
import { planShares } from '../../src/sources/planShares.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Some partitions, and attendees that each own some, no two the same. */
const situations = fc
  .record({ partitions: fc.integer({ min: 1, max: 24 }), members: fc.integer({ min: 1, max: 9 }) })
  .chain(({ partitions, members }) =>
    fc.record({
      partitions: fc.constant(partitions),
      owners: fc.array(fc.integer({ min: -1, max: members - 1 }), { minLength: partitions, maxLength: partitions }),
      names: fc.shuffledSubarray(numbers(members), { minLength: members }),
    }),
  )
  .map(({ partitions, owners, names }) => ({
    partitions,
    attendees: names.map(
      (i): Attendee => ({
        name: `m${i}`,
        owns: numbers(partitions).filter((number) => owners[number] === i),
      }),
    ),
  }));

const plain = (shares: ReadonlyMap<string, readonly number[]>) => Object.fromEntries(shares);

/** The most partitions that may stay where they are, by trying every way of giving out the larger shares. */
function mostKept(partitions: number, attendees: readonly Attendee[]): number {
  const least = Math.floor(partitions / attendees.length);
  const keeps = attendees.map(({ owns }) => [Math.min(owns.length, least), Math.min(owns.length, least + 1)]);
  const gains = keeps.map(([small = 0, large = 0]) => large - small).sort((a, b) => b - a);
  const base = keeps.reduce((sum, [small = 0]) => sum + small, 0);
  return base + gains.slice(0, partitions % attendees.length).reduce((sum, gain) => sum + gain, 0);
}

describe('planShares', () => {
  it('gives all to the only one, and what is over to those that own the most', () => {
    expect(plain(planShares(3, [{ name: 'a', owns: [] }]))).to.deep.equal({ a: [0, 1, 2] });
    const grown = [
      { name: 'a', owns: [] },
      { name: 'b', owns: [0, 1, 2, 3, 4] },
    ];
    expect(plain(planShares(5, grown))).to.deep.equal({ a: [3, 4], b: [0, 1, 2] });
  });

  it('gives nothing to some if they are more than the partitions', () => {
    const three = ['a', 'b', 'c'].map((name) => ({ name, owns: [] }));
    expect(plain(planShares(2, three))).to.deep.equal({ a: [0], b: [1], c: [] });
  });

  it('counts what two say they own as the first one, and passes over numbers that there are not', () => {
    const both = [
      { name: 'b', owns: [0, 1] },
      { name: 'a', owns: [1, 0, 9] },
    ];
    expect(plain(planShares(2, both))).to.deep.equal({ a: [0], b: [1] });
  });

  it('gives each partition one owner, and loads that differ by one at the most', () => {
    fc.assert(
      fc.property(situations, ({ partitions, attendees }) => {
        const shares = [...planShares(partitions, attendees).values()];
        expect(shares.flat().sort((a, b) => a - b)).to.deep.equal(numbers(partitions));
        const loads = shares.map((share) => share.length);
        expect(Math.max(...loads) - Math.min(...loads)).to.be.at.most(1);
        expect(shares).to.have.length(attendees.length);
      }),
    );
  });

  it('moves as few as can be', () => {
    fc.assert(
      fc.property(situations, ({ partitions, attendees }) => {
        const shares = planShares(partitions, attendees);
        const kept = attendees.flatMap(({ name, owns }) => owns.filter((number) => shares.get(name)?.includes(number)));
        expect(kept).to.have.length(mostKept(partitions, attendees));
      }),
    );
  });

  it('is the same in whatever order they are listed, and comes to rest at once', () => {
    fc.assert(
      fc.property(situations, ({ partitions, attendees }) => {
        const shares = planShares(partitions, attendees);
        expect(plain(planShares(partitions, attendees.toReversed()))).to.deep.equal(plain(shares));
        const after = [...shares].map(([name, owns]) => ({ name, owns }));
        expect(plain(planShares(partitions, after))).to.deep.equal(plain(shares));
      }),
    );
  });

  it('converges however beats interleave, while a partition is released before another takes it', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('beat', 'come', 'go'), fc.nat(7)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), steps, (partitions, all) => {
        const owns = new Map<string, Set<number>>([['m0', new Set()]]);
        const list = () => [...owns].map(([name, mine]) => ({ name, owns: [...mine] }));
        const beat = (name: string) => {
          const mine = owns.get(name);
          if (!mine) return false;
          const share = planShares(partitions, list()).get(name) ?? [];
          const others = new Set(list().flatMap((one) => (one.name === name ? [] : one.owns)));
          const before = [...mine].sort().join();
          for (const number of mine) if (!share.includes(number)) mine.delete(number);
          for (const number of share) if (!others.has(number)) mine.add(number);
          return before !== [...mine].sort().join();
        };
        for (const [what, i] of all) {
          const name = `m${i}`;
          if (what === 'come' && !owns.has(name)) owns.set(name, new Set());
          else if (what === 'go' && owns.size > 1) owns.delete(name);
          else beat(name);
        }
        let rounds = 0;
        while ([...owns.keys()].filter(beat).length > 0) rounds += 1;
        expect(rounds).to.be.at.most(4);
        const loads = list().map((one) => one.owns.length);
        expect(loads.reduce((sum, load) => sum + load)).to.equal(partitions);
        expect(Math.max(...loads) - Math.min(...loads)).to.be.at.most(1);
      }),
    );
  });
});
