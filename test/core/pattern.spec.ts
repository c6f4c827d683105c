import { expect } from 'chai';
import fc from 'fast-check';
import { InvalidPatternError } from '../../src/core/errors.ts';
import { checkPattern, compilePattern, literalPrefix, MAX_PATTERN_LENGTH } from '../../src/core/pattern.ts';

/** topic, pattern, matches */
const nautilus: [string, string, boolean][] = [
  ['data.quotes.BINANCE', 'data.*', true],
  ['data.quotes.BINANCE', 'data.quotes*', true],
  ['data.quotes.BINANCE', 'data.*.BINANCE', true],
  ['data.trades.BINANCE.ETHUSDT', 'data.*.BINANCE.ETH*', true],
  ['data.trades.BINANCE.ETHUSDT', 'data.*.BINANCE.ETH???', false],
  ['data.trades.BINANCE.ETHUSD', 'data.*.BINANCE.ETH???', true],
];

const ours: [string, string, boolean][] = [
  ['a.b.c', '*', true],
  ['a.b.c', '**', true],
  ['a.b.c', 'a.**', true],
  ['a', 'a*', true],
  ['a', '?', true],
  ['ab', '?', false],
  ['a.b', 'a?b', true],
  ['.a', '*', true],
  ['.a', '*a', true],
  ['a.b', 'A.B', false],
  ['a.b', 'a.b', true],
  ['axb', 'a.b', false],
  ['a.b.c', 'a.b', false],
  ['a.c', 'a.{b,c}', true],
  ['a.d', 'a.{b,c}', false],
  ['a.b.x', '{a.b,c}.*', true],
  ['a.b', 'a.[bc]', true],
  ['a.d', 'a.[bc]', false],
  ['a.d', 'a.[!bc]', true],
  ['a.b', 'a.[!bc]', false],
  ['a.d', 'a.[^bc]', true],
  ['a.!', 'a.[b!]', true],
  ['a.5', 'a.[0-9]', true],
  ['a.x', 'a.[0-9]', false],
  ['a.b', 'a.!(b)', false],
  ['a.c', 'a.!(b)', true],
  ['a.c.d', 'a.!(b)', true],
  ['a.bb', 'a.+(b)', true],
  ['a.b', 'a.@(b|c)', true],
  ['a+b', 'a+b', true],
  ['a$b^c|d', 'a$b^c|d', true],
  ['xab', '*ab*b', false],
  ['xabb', '*ab*b', true],
  ['abc', 'ab*bc', false],
  ['xaxb', '*a?*?b', false],
  ['xaxyb', '*a?*?b', true],
  ['prix.€', 'prix.?', true],
  ['日本.東京', '日本.*', true],
];

/** A slash is a letter like any other. */
const slashes: [string, string, boolean][] = [
  ['a/b/c', '*', true],
  ['a/b/c', 'a*', true],
  ['a/b/c', 'a*c', true],
  ['a/b', 'a?b', true],
  ['a/b', 'a/b', true],
  ['a/b', 'a/*', true],
  ['a.b', 'a/b', false],
  ['x.a/b', 'x.{a/b,c}', true],
  ['x.a/b', 'x.!(c)', true],
  ['a/b', 'a[/.]b', true],
  ['a/b', 'a/**/b', false],
  ['a/x/b', 'a/**/b', true],
];

/** So are these, where micromatch has a meaning for them. */
const letters: [string, string, boolean][] = [
  ['say."hi".x', 'say."hi".*', true],
  ['say.hi.x', 'say."hi".*', false],
  ['say."hi".x', 'say."hi".[x]', true],
  ['a|b.c', 'a|b.*', true],
  ['a', 'a|b.*', false],
  ['a|b.c', 'a|b.[c]', true],
  ['a|b', '{a|b,c}', true],
  ['a', '{a|b,c}', false],
  ['a++b.c', 'a++b.*', true],
  ['a+b.c', 'a++b.*', false],
  ['a$$b^^.c', 'a$$b^^.*', true],
  ['a@b.c', 'a@b.*', true],
  ['a,b.c', 'a,b.*', true],
  ['a+.x', 'a+.{x,y}', true],
];

const classes: [string, string, boolean][] = [
  ['a.B7', 'a.[A-Z][0-9]', true],
  ['a.b7', 'a.[A-Z][0-9]', false],
  ['a.b', 'a.[!A-Z]', true],
  ['a.é', 'a.[à-ÿ]', true],
  ['a.e', 'a.[à-ÿ]', false],
  ['a.|', 'a.[|]', true],
];

const alternatives: [string, string, boolean][] = [
  ['a.b.d', 'a.{b,c{d,e}}.*', true],
  ['a.ce.d', 'a.{b,c{d,e}}.*', true],
  ['a.c.d', 'a.{b,c{d,e}}.*', false],
  ['ab', 'a{,b}', true],
  ['a', 'a{,b}', true],
  ['a.b', 'a.{b}', false],
  ['a.bb', 'a.{b,c}+', true],
  ['b.7', `{${Array.from({ length: 65 }, (_, i) => `b.${i}`).join(',')}}`, true],
  ['b.65', `{${Array.from({ length: 65 }, (_, i) => `b.${i}`).join(',')}}`, false],
  ['a.', 'a.@(b|)', true],
  ['aaa', '+(a|aa)', true],
  ['aab', '+(a|aa)', false],
  ['a.aba', 'a.+(*(a)|+(b))', true],
  ['x', '!a.*', true],
  ['a.b', '!a.*', false],
];

const malformed: [unknown, RegExp][] = [
  ['', /is empty/],
  ['a.{b,c', /has '\{' that is never closed/],
  ['a.[b', /has '\[' that is never closed/],
  ['a.!(b', /has '\(' that is never closed/],
  ['a.b}', /has '\}' at 4 without its '\{'/],
  ['a.b]', /has '\]' at 4 without its '\['/],
  ['a.b)', /has '\)' at 4 without its '\('/],
  ['a.{b,[c}]', /never closed|without its/],
  ['a\\', /ends in a backslash/],
  ['a.{1..9}', /range \{a\.\.b\}: name the alternatives/],
  ['x'.repeat(MAX_PATTERN_LENGTH + 1), /has 513 characters/],
  [undefined, /is not a string/],
  [7, /is not a string/],
];

function table(name: string, rows: readonly [string, string, boolean][]): void {
  describe(name, () => {
    for (const [topic, pattern, matches] of rows) {
      it(`${pattern} ${matches ? 'matches' : 'does not match'} ${topic}`, () =>
        expect(compilePattern(pattern)(topic)).equal(matches));
    }
  });
}

describe('compilePattern', () => {
  table("NautilusTrader's table", nautilus);
  table('globs', ours);
  table('slashes', slashes);
  table('letters', letters);
  table('classes', classes);
  table('alternatives', alternatives);

  it('refuses a range that runs backwards, which would match nothing', () => {
    expect(() => compilePattern('a.[z-a]')).to.throw(InvalidPatternError, 'no glob');
  });

  for (const [pattern, why] of malformed) {
    it(`refuses ${JSON.stringify(pattern)?.slice(0, 40)}`, () => {
      expect(() => compilePattern(pattern as string))
        .throw(InvalidPatternError, why)
        .includes({ code: 'INVALID_PATTERN' });
      expect(() => checkPattern(pattern as string)).throw(InvalidPatternError, why);
    });
  }

  const piece = fc.stringMatching(/^[a-c./]{0,3}$/);
  const pieces = fc.array(fc.oneof(piece, fc.constantFrom('*', '?')), { minLength: 1, maxLength: 5 });
  const topic = fc
    .array(fc.stringMatching(/^[a-c/]{1,3}$/), { minLength: 1, maxLength: 4 })
    .map((each) => each.join('.'));

  it('agrees with the rules of * and ? for any pattern of letters, dots and slashes', () =>
    fc.assert(
      fc.property(pieces, topic, (parts, each) => {
        const pattern = parts.join('').replace(/\*+/g, '*') || 'a';
        const rules = pattern.replace(/[*?.]/g, (char) => ({ '*': '.*', '?': '.', '.': '\\.' })[char] ?? char);
        expect(compilePattern(pattern)(each)).equal(new RegExp(`^${rules}$`).test(each));
      }),
      { numRuns: 5_000 },
    ));

  it('matches every topic by itself', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[^\s\p{C}*?[\]{}()!\\]{1,20}$/u), (each) => {
        expect(compilePattern(each)(each)).equal(true);
      }),
    ));

  it('never throws anything but InvalidPatternError', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[a.*?[\]{}()!\\,|+@/^-]{1,12}$/), (pattern) => {
        try {
          expect(compilePattern(pattern)('a.b')).a('boolean');
        } catch (error) {
          expect(error).instanceOf(InvalidPatternError);
        }
      }),
      { numRuns: 2_000 },
    ));
});

describe('literalPrefix', () => {
  for (const [pattern, prefix] of [
    ['a.b.c', 'a.b.c'],
    ['a.*', 'a.'],
    ['*', ''],
    ['a.{b,c}', 'a.'],
    ['a.+(b)', 'a.'],
    ['a.@(b|c)', 'a.'],
    ['a?', 'a'],
  ] as const) {
    it(`of ${pattern} is '${prefix}'`, () => expect(literalPrefix(pattern)).equal(prefix));
  }
});
