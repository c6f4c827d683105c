import { expect } from 'chai';
import fc from 'fast-check';
import { InvalidTopicError } from '../../src/core/errors.ts';
import { checkTopic, MAX_TOPIC_LENGTH } from '../../src/core/topic.ts';

const good = [
  'a',
  'trading.orders.new',
  'data.quotes.BINANCE.ETHUSDT-PERP',
  'health:heartbeat',
  'a/b',
  'prix.€.日本',
  'a_b-c+d@e#f$g%h^i&j=k~l',
  'a'.repeat(MAX_TOPIC_LENGTH),
];

const bad: [unknown, RegExp][] = [
  ['', /is empty/],
  ['a.*', /has a wildcard or bracket: publish to one topic/],
  ['a?', /wildcard/],
  ['a[b]', /wildcard/],
  ['{a,b}', /wildcard/],
  ['!(a)', /wildcard/],
  ['a\\b', /wildcard/],
  ['a b', /white space or a control character/],
  ['a\tb', /white space/],
  ['a\nb', /white space/],
  ['a\u0000b', /control character/],
  ['a\u00a0b', /white space/],
  ['a\u007fb', /control character/],
  ['.a', /empty part between its dots/],
  ['a.', /empty part/],
  ['a..b', /empty part/],
  ['.', /empty part/],
  ['a'.repeat(MAX_TOPIC_LENGTH + 1), /has 513 characters: at most 512 are taken/],
  [undefined, /is not a string/],
  [null, /is not a string/],
  [7, /is not a string/],
  [['a'], /is not a string/],
];

describe('checkTopic', () => {
  for (const topic of good) {
    it(`takes ${JSON.stringify(topic.slice(0, 40))}`, () => {
      expect(checkTopic(topic)).equal(topic);
      expect(checkTopic(topic)).equal(topic);
    });
  }

  for (const [topic, why] of bad) {
    it(`refuses ${JSON.stringify(topic)?.slice(0, 40)}, each time`, () => {
      for (let i = 0; i < 2; i++) expect(() => checkTopic(topic as string)).throw(InvalidTopicError, why);
    });
  }

  it('says so with a code, and quotes no more than it must', () => {
    const error = thrownBy(() => checkTopic('*'.repeat(10_000)));
    expect(error).includes({ code: 'INVALID_TOPIC', name: 'InvalidTopicError' });
    expect(error.message.length).lessThan(200);
  });

  it('remembers no end of topics without taking a bad one', () => {
    for (let i = 0; i < 20_001; i++) checkTopic(`many.${i}`);
    expect(() => checkTopic('many.*')).throw(InvalidTopicError);
    expect(checkTopic('many.0')).equal('many.0');
  });

  it('takes any parts of letters and digits, joined by dots', () =>
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[\p{L}\d_-]{1,9}$/u), { minLength: 1, maxLength: 9 }), (parts) => {
        expect(checkTopic(parts.join('.'))).equal(parts.join('.'));
      }),
    ));
});

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
