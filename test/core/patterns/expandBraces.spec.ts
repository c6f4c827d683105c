import { expect } from 'chai';
import { expandBraces } from '../../../src/core/patterns/expandBraces.ts';

const cases: readonly [pattern: string, globs: readonly string[] | undefined][] = [
  ['a.*', ['a.*']],
  ['a.{b,c}', ['a.b', 'a.c']],
  ['{a,b}.{c,d}', ['a.c', 'a.d', 'b.c', 'b.d']],
  ['{a,b{c,d}}', ['a', 'bc', 'bd']],
  ['a{,b}', ['a', 'ab']],
  ['a,b', ['a,b']],
  ['a.{b}', undefined],
  ['{{a,b}}', undefined],
  [
    '{a,b}'.repeat(6),
    Array.from({ length: 64 }, (_, i) =>
      i
        .toString(2)
        .padStart(6, '0')
        .replace(/./g, (bit) => 'ab'[+bit] ?? ''),
    ),
  ],
  ['{a,b}'.repeat(7), undefined],
  ['{a,b}'.repeat(100), undefined],
];

describe('expandBraces', () => {
  for (const [pattern, globs] of cases) {
    it(`${pattern.slice(0, 40)} is ${globs ? globs.length : 'left as it is'}`, () =>
      expect(expandBraces(pattern)).deep.equal(globs));
  }
});
