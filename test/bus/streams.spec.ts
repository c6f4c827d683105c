import { expect } from 'chai';
import fc from 'fast-check';
import { REPLY_PREFIX, StreamMap } from '../../src/bus/streams.ts';
import { InvalidPatternError } from '../../src/core/errors.ts';
import { compilePattern } from '../../src/core/pattern.ts';

describe('StreamMap', () => {
  const streams = new StreamMap({
    orders: { patterns: ['trading.orders.*', 'risk.*'] },
    quotes: { patterns: ['data.*'] },
  });

  it('puts a topic into the first stream that claims it, else into main', () => {
    expect(streams.streamOf('trading.orders.new')).to.equal('orders.0');
    expect(streams.streamOf('risk.limits')).to.equal('orders.0');
    expect(streams.streamOf('data.quotes.X')).to.equal('quotes.0');
    expect(streams.streamOf('news')).to.equal('main.0');
  });

  it('keeps replies apart', () => {
    expect(streams.streamOf(`${REPLY_PREFIX}x`)).to.equal('replies.0');
    expect(streams.streamsOf(`${REPLY_PREFIX}x`)).to.deep.equal(['replies.0']);
  });

  it('reads one stream for one topic, and whichever may match for a glob', () => {
    expect(streams.streamsOf('risk.limits')).to.deep.equal(['orders.0']);
    expect(streams.streamsOf('trading.*')).to.deep.equal(['main.0', 'orders.0']);
    expect(streams.streamsOf('*')).to.deep.equal(['main.0', 'orders.0', 'quotes.0']);
  });

  it('refuses a malformed pattern', () => {
    expect(() => new StreamMap({ x: { patterns: ['a.{b'] } })).to.throw(InvalidPatternError);
  });

  it('never leaves out a stream that holds a topic which matches', () => {
    const part = fc.constantFrom('trading', 'orders', 'risk', 'data', 'new', 'x');
    const piece = fc.constantFrom('trading', 'orders', 'risk', 'data', '*', 'd?ta', '{risk,data}');
    const dotted = (of: fc.Arbitrary<string>) =>
      fc.array(of, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(dotted(part), dotted(piece), (topic, pattern) => {
        if (compilePattern(pattern)(topic)) expect(streams.streamsOf(pattern)).to.include(streams.streamOf(topic));
      }),
    );
  });
});
