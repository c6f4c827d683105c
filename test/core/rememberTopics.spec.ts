import { expect } from 'chai';
import { rememberTopics } from '../../src/core/rememberTopics.ts';

const GENERATION = 10_000;

/** Remembers lengths of topics, and how often it was asked for each. */
function counting() {
  const asked = new Map<string, number>();
  const lengthOf = rememberTopics((topic) => {
    asked.set(topic, (asked.get(topic) ?? 0) + 1);
    return topic.length;
  });
  const flood = (from: number, count: number) => {
    for (let i = from; i < from + count; i += 1) lengthOf(`flood.${i}`);
  };
  return { lengthOf, flood, asked: (topic: string) => asked.get(topic) ?? 0 };
}

describe('rememberTopics', () => {
  it('asks once for a topic', () => {
    const { lengthOf, asked } = counting();
    for (let i = 0; i < 3; i += 1) expect(lengthOf('a.b')).equal(3);
    expect(asked('a.b')).equal(1);
  });

  it('remembers an answer that is false or 0', () => {
    let asked = 0;
    const never = rememberTopics(() => ++asked === 0);
    expect([never('a'), never('a')]).deep.equal([false, false]);
    expect(asked).equal(1);
  });

  it('keeps ten thousand topics that are asked of again and again', () => {
    const { flood, asked } = counting();
    for (let round = 0; round < 3; round += 1) flood(0, GENERATION);
    expect(asked('flood.0')).equal(1);
    expect(asked(`flood.${GENERATION - 1}`)).equal(1);
  });

  it('keeps what is asked of through a flood of others', () => {
    const { lengthOf, flood, asked } = counting();
    for (let i = 0; i < 20; i += 1) {
      lengthOf('hot');
      flood(i * 5_000, 5_000);
    }
    expect(asked('hot')).equal(1);
  });

  it('forgets what is not asked of: twenty thousand at most are kept', () => {
    const { lengthOf, flood, asked } = counting();
    lengthOf('cold');
    flood(0, 2 * GENERATION);
    lengthOf('cold');
    expect(asked('cold')).equal(2);
  });

  it('does not keep topics longer than a topic can be', () => {
    const { lengthOf, asked } = counting();
    const [longest, longer] = ['a'.repeat(512), 'a'.repeat(513)] as const;
    for (const topic of [longest, longer, longest, longer]) lengthOf(topic);
    expect([asked(longest), asked(longer)]).deep.equal([1, 2]);
  });

  it('does not keep a throw', () => {
    let asked = 0;
    const failing = rememberTopics((topic) => {
      asked += 1;
      if (asked === 1) throw new Error('once');
      return topic;
    });
    expect(() => failing('a')).throw('once');
    expect(failing('a')).equal('a');
  });
});
