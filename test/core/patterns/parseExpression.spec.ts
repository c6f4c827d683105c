import { expect } from 'chai';
import { parseExpression } from '../../../src/core/patterns/parseExpression.ts';

describe('parseExpression', () => {
  it('reads letters, sequences and choices', () => {
    const expression = parseExpression('ab|\\.');
    expect(expression.kind).equal('choice');
    expect(JSON.stringify(expression)).equal(
      '{"kind":"choice","options":[{"kind":"sequence","parts":[{"kind":"set","text":"a"},{"kind":"set","text":"b"}]},{"kind":"set","text":"."}]}',
    );
  });

  it('asks a class of characters of any plane', () => {
    const expression = parseExpression('[^/a-c\\]é]');
    if (expression.kind !== 'set') throw new Error(expression.kind);
    const has = (char: string) => expression.has(char.charCodeAt(0));
    expect([...'abc]é/'].map(has)).deep.equal([false, false, false, false, false, false]);
    expect([...'d.日'].map(has)).deep.equal([true, true, true]);
  });

  for (const source of ['(a)\\1', '\\d', '\\u0041', '(?<=a)b', '(?<name>a)', 'a)', '(a', 'a{3}b**', '*a', '[a']) {
    it(`refuses ${source}`, () => expect(() => parseExpression(source)).throw(SyntaxError, /unexpected at \d+/));
  }
});
