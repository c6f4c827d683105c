import { expect } from 'chai';
import fc from 'fast-check';
import { DeadLetters } from '../../../src/adapters/memory/deadLetters.ts';

const LETTER = {
  priority: 'normal',
  topic: 't',
  payload: '',
  type: '',
  encoding: 'json',
  meta: '',
  group: 'g',
  entryId: '1-0',
  attempts: 1,
  error: { name: 'Error', message: 'no' },
} as const;

describe('DeadLetters', () => {
  it('pages through what is left, whatever was removed', () => {
    const removals = fc.array(fc.nat(299), { maxLength: 400 });
    fc.assert(
      fc.property(removals, fc.integer({ min: 1, max: 60 }), (removed, count) => {
        const letters = new DeadLetters();
        for (let i = 0; i < 300; i++) letters.add(LETTER, Math.floor(i / 7));
        const ids = letters.page({ count: 300 }).map(({ id }) => id);
        const left = new Set(ids);
        for (const place of removed) {
          const id = ids[place] ?? '';
          expect(letters.remove(id)?.id).to.equal(left.delete(id) ? id : undefined);
        }
        const seen: string[] = [];
        for (let page = letters.page({ count }); page.length > 0; ) {
          seen.push(...page.map(({ id }) => id));
          page = letters.page({ count, after: seen.at(-1) ?? '' });
        }
        expect(seen).to.deep.equal([...left]);
        expect(letters.size).to.equal(left.size);
        for (const [place, id] of ids.entries()) {
          const next = letters.page({ count: 1, after: id })[0]?.id;
          expect(next).to.equal(ids.slice(place + 1).find((candidate) => left.has(candidate)));
        }
      }),
      { numRuns: 30 },
    );
  });
});
