import { expect } from 'chai';
import { matchesNatively } from './matchesNatively.ts';

describe('matchesNatively', () => {
  it('says what the expression says', () => {
    expect(matchesNatively('^a+$', ['a', 'aa', 'b'])).to.deep.equal([true, true, false]);
  });

  it('gives up what runs away', () => {
    const inner = '(?:[^a]|(?:.b|)??(?=(?=.))(?:.|(?:.||){1,2}|)+)+?[ab]b||b';
    expect(matchesNatively(`^(?:${inner})$`, ['a.a.a.a'.repeat(8)], 50)).to.equal(undefined);
  });
});
