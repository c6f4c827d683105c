import { expect } from 'chai';
import { topicIndex } from '../../src/operators/topicIndex.ts';

describe('topicIndex', () => {
  it('gives the number of the first pattern that matches, or of all', () => {
    const patterns = ['a.*', 'b.*', 'a.b'];
    expect(topicIndex(patterns, 'first')('a.b')).deep.equal([0]);
    expect(topicIndex(patterns, 'all')('a.b')).deep.equal([0, 2]);
    expect(topicIndex(patterns, 'all')('c')).deep.equal([]);
  });

  it('remembers a topic, but not more than ten thousand', () => {
    const index = topicIndex(['*'], 'first');
    const first = index('t');
    expect(index('t')).equal(first);
    for (let i = 0; i < 10_000; i++) index(`t.${i}`);
    expect(index('t')).not.equal(first);
    expect(index('t')).deep.equal([0]);
  });
});
