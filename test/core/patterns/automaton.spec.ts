import { expect } from 'chai';
import fc from 'fast-check';
import { Automaton } from '../../../src/core/patterns/automaton.ts';
import { type Expression, parseExpression } from '../../../src/core/patterns/parseExpression.ts';
import { matchesNatively } from '../../support/matchesNatively.ts';

/** Counts how often a set of the expression is asked for a character. */
function counted(expression: Expression, count: () => void): Expression {
  const inner = (part: Expression) => counted(part, count);
  switch (expression.kind) {
    case 'set':
      return {
        ...expression,
        has: (code) => {
          count();
          return expression.has(code);
        },
      };
    case 'sequence':
      return { ...expression, parts: expression.parts.map(inner) };
    case 'choice':
      return { ...expression, options: expression.options.map(inner) };
    case 'repeat':
      return { ...expression, part: inner(expression.part) };
    case 'look':
      return { ...expression, ahead: inner(expression.ahead) };
    default:
      return expression;
  }
}

const source: fc.Arbitrary<string> = fc.letrec<{ all: string; one: string }>((tie) => ({
  all: fc
    .array(
      fc.array(tie('one'), { maxLength: 3 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((options) => options.join('|')),
  one: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\.', '^', '$', '(?=.)') },
    {
      weight: 3,
      arbitrary: fc
        .tuple(tie('all'), fc.constantFrom('', '*', '+', '?', '*?', '+?', '??', '{1,2}'))
        .map(([inner, quantifier]) => `(?:${inner})${quantifier}`),
    },
    { weight: 1, arbitrary: tie('all').map((inner) => `(?!${inner})`) },
    { weight: 1, arbitrary: tie('all').map((inner) => `(?=${inner})`) },
  ),
})).all;

describe('Automaton', () => {
  it('matches what the expression matches', () =>
    fc.assert(
      fc.property(
        source,
        fc.array(fc.stringMatching(/^[ab.]{0,7}$/), { minLength: 8, maxLength: 8 }),
        (inner, topics) => {
          const text = `^(?:${inner})$`;
          const automaton = new Automaton(parseExpression(text));
          const said = matchesNatively(text, topics);
          fc.pre(said !== undefined);
          expect(topics.map((topic) => automaton.matches(topic))).to.deep.equal(said);
        },
      ),
      { numRuns: 5_000 },
    ));

  it('asks no more than each of its states at each character', () =>
    fc.assert(
      fc.property(source, fc.stringMatching(/^[ab]{300}$/), (inner, topic) => {
        let asked = 0;
        const automaton = new Automaton(counted(parseExpression(`^(?:${inner})$`), () => void asked++));
        automaton.matches(topic);
        expect(asked).most(automaton.size * topic.length);
      }),
    ));

  for (const text of [
    '^(?:(?:(?:a*)*)*b)$',
    '^(?:(?:a|aa)+)$',
    '^(?:.*a.*a.*a.*a.*a.*[b])$',
    '^(?:(?!(?:(?:a+)+)$).*?b)$',
  ]) {
    it(`of ${text} is in no hurry to try all ways`, () => {
      let asked = 0;
      const automaton = new Automaton(counted(parseExpression(text), () => void asked++));
      expect(automaton.matches(`${'a'.repeat(5_000)}c`)).equal(false);
      expect(asked).most(automaton.size * 5_001);
    });
  }
});
