import { expect } from 'chai';
import { Candidates, framed, literalsOf } from '../../../src/core/patterns/candidates.ts';
import { globMatcher } from '../../../src/core/patterns/globMatcher.ts';

/** How many of ten thousand globs are tried with a topic, and which match. */
function tried(globOf: (number: number) => string, topic: string, limit = Infinity) {
  let count = 0;
  const candidates = Array.from({ length: 10_000 }, (_, number) => {
    const glob = globOf(number);
    const matches = globMatcher(glob);
    const counting = (each: string) => {
      count += 1;
      return matches(each);
    };
    return { number, matches: counting, literals: literalsOf(glob) };
  });
  const found: number[] = [];
  new Candidates(candidates).search(topic, framed(topic), { limit, add: (number) => found.push(number) });
  return { count, found: found.sort((one, other) => one - other) };
}

/** Literals that count how often they are gone through for what is left of them. */
class Looked extends Array<string> {
  static looks = 0;

  override filter(...args: Parameters<string[]['filter']>): string[] {
    Looked.looks += 1;
    return super.filter(...args);
  }
}

/** A topic, how the globs are made, and which match. */
const mixes: Readonly<Record<string, [topic: string, globOf: (number: number) => string, found: readonly number[]]>> = {
  'by their beginning': ['data.quotes.V7.X', (i) => `data.quotes.V${i}.*`, [7]],
  'by their end': ['data.quotes.S7', (i) => `*.S${i}`, [7]],
  'by what is within': ['data.S7.x', (i) => `*.S${i}.*`, [7]],
  'by beginning and end together': ['p7.x.s3', (i) => `p${i % 100}.*.s${Math.floor(i / 100)}`, [307]],
  'by two literals within': ['data.p7.x.s3.y', (i) => `*.p${i % 100}.*.s${Math.floor(i / 100)}.*`, [307]],
  'by three literals': [
    'a.7.b.3.c.9',
    (i) => `a.${i % 20}.*.${Math.floor(i / 20) % 20}.*.${Math.floor(i / 400)}`,
    [3_667],
  ],
  'of nothing in common with the topic': ['a.b.c', (i) => `data.*.S${i}.*`, []],
};

describe('Candidates', () => {
  for (const [name, [topic, globOf, found]] of Object.entries(mixes)) {
    it(`tries a few of ten thousand patterns, told apart ${name}`, () => {
      const { count, found: actual } = tried(globOf, topic);
      expect(actual).deep.equal(found);
      expect(count).most(16);
    });
  }

  it('tries every pattern that has nothing literal', () => {
    expect(tried((i) => (i === 4_711 ? '???' : '????'), 'a.b')).deep.equal({ count: 10_000, found: [4_711] });
  });

  it('tries none from the limit on', () => {
    expect(tried(() => '???', 'a.b', 5).count).equal(5);
    expect(tried((i) => `*.S${i % 10}.*`, 'a.S7.b', 27).count).equal(2);
  });

  it('looks through literals that many share eight times at the most, however many there are', () => {
    const literals = new Looked(...Array.from({ length: 200 }, (_, i) => `.${i}.`));
    const candidates = Array.from({ length: 20 }, (_, number) => ({ number, matches: () => true, literals }));
    Looked.looks = 0;
    const index = new Candidates(candidates);
    expect(Looked.looks).equal(20 * 8);
    const found: number[] = [];
    index.search('any', framed(literals.join('')), { limit: Infinity, add: (number) => found.push(number) });
    expect(found).length(20);
  });

  it('takes a literal twice in a pattern for one', () => {
    expect(literalsOf('a.*.b.*.b.?')).deep.equal(['\u0002a.', '.b.']);
    expect(literalsOf('*')).deep.equal([]);
    expect(literalsOf('a*b')).deep.equal(['\u0002a', 'b\u0003']);
  });
});
