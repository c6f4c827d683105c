import { expect } from 'chai';
import fc from 'fast-check';
import { InvalidPatternError } from '../../src/core/errors.ts';
import { compilePattern } from '../../src/core/pattern.ts';
import { matchInProcess } from '../support/matchInProcess.ts';
import { patternOf } from '../support/patterns.ts';

const A = 'a'.repeat(511);

/** Each makes an expression of micromatch's go back and forth for longer than anyone can wait, or may one day. */
const WILD: readonly [pattern: string, topic: string, matches: boolean][] = [
  ['*a*a*a*a*a*a*a*a*a*a*a*a*b', `${A}c`, false],
  [`${'*a'.repeat(200)}b`, `${A}c`, false],
  [`${'*a'.repeat(120)}[b]`, `${A}c`, false],
  [`${'*?'.repeat(200)}b`, `${A}c`, false],
  ['+(+(+(a)))', `${A}b`, false],
  ['+(a|aa|aaa)', `${A}b`, false],
  ['+(a*a|a*)b', `${A}c`, false],
  ['*(*(a|b)|*(b|a))[c]', `${A}b`, false],
  ['+(**?(|){,,}{,})*,', `${A}.`, false],
  ['+([a-z]|[a-y])', `${A}.`, false],
  ['+(a|?(a)?(a)?(a))', `${A}b`, false],
  ['!(*a*a*a*a*a*a*a*a*b)', `${A}b`, false],
  ['!(+(a|aa))', A, false],
  ['!(!(!(+(a|aa))))', `${A}b`, true],
  ['@(!(*a*b)|!(*b*a))*a*a*a[c]', A, false],
  [`${'{a,aa}'.repeat(60)}[b]`, A, false],
  [`${'{a,aa}'.repeat(80)}b`, A, false],
  [`${'{a,{b,{c,{d,e}}}}'.repeat(25)}`, 'e'.repeat(25), true],
  [`${'(a|a)'.repeat(60)}[b]`, A, false],
  [`${'?(a)'.repeat(60)}b`, A, false],
];

describe('patterns that would run away', function () {
  this.timeout(90_000);

  it('are answered', async () => {
    const answers = await matchInProcess(WILD.map(([pattern, topic]) => ({ pattern, topics: [topic] })));
    expect(WILD.map(([pattern], i) => [pattern, answers[i]])).deep.equal(
      WILD.map(([pattern, , matches]) => [pattern, [matches]]),
    );
  });

  it('are answered whatever they are', async () => {
    const patterns = fc.sample(patternOf({ repeats: true }), { numRuns: 1_000, seed: 21 });
    const topics = [A, `${A}b`, 'ab'.repeat(250), `${'a.b'.repeat(150)}/`, `${'abc'.repeat(170)}.`];
    const answers = await matchInProcess(patterns.map((pattern) => ({ pattern, topics })));
    const taken = answers.filter((answer) => typeof answer !== 'string');
    expect(answers).lengthOf(1_000);
    expect(taken.length).above(700);
    expect(taken.flat()).include(true).and.include(false);
  });
});

describe('patterns beyond the bounds', () => {
  const refused: readonly [pattern: string, why: RegExp][] = [
    ['+('.repeat(9) + ')'.repeat(9), /has brackets 9 deep in one another: at most 8 are taken; write it as several/],
    ['{a,'.repeat(9) + 'b}'.repeat(9), /has brackets 9 deep/],
    [
      '[a]'.repeat(170),
      /^pattern '\[a\]\[a\].*…' is too complicated \(.* \d+ states, at most 512 are taken\): write it as/,
    ],
    ['{a,b}'.repeat(120), /has 600 characters: at most 512 are taken/],
    ['a.[[:alpha:]]', /has a class \[:…:\]: name the characters, as \[a-z\]/],
    ['a.(?:b)', /has '\(\?', which begins a group of a regular expression: begin with another alternative/],
    ['(?<=a)b', /has '\(\?'/],
    ['(a)\\1', /has '\\1': a backslash goes before a special character/],
    ['a.\\d', /has '\\d'/],
    ['a.{b..d,e}', /has a range \{a\.\.b\}/],
    ['a.{b,@(c..d)}', /has a range \{a\.\.b\}/],
  ];

  for (const [pattern, why] of refused) {
    it(`refuses ${pattern.slice(0, 30)}`, () => {
      expect(() => compilePattern(pattern)).throw(InvalidPatternError, why);
    });
  }

  it('names a long one shortened', () => {
    expect(() => compilePattern('x.'.repeat(400)))
      .throw(InvalidPatternError)
      .property('message')
      .match(/^pattern '(x\.){38}…' has 800 characters/);
  });

  it('takes what is just within them', () => {
    expect(compilePattern(`${'@('.repeat(8)}a${')'.repeat(8)}`)('a')).equal(true);
    expect(compilePattern('?'.repeat(512))('a'.repeat(512))).equal(true);
    expect(compilePattern('*?'.repeat(256))('a'.repeat(256))).equal(true);
  });
});
