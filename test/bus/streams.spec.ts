import { expect } from 'chai';
import fc from 'fast-check';
import { REPLY_PREFIX, StreamMap } from '../../src/bus/streams.ts';
import { InvalidPatternError } from '../../src/core/errors.ts';
import { partitionOf } from '../../src/core/partitionOf.ts';
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

  describe('of several partitions', () => {
    const parted = new StreamMap({ orders: { patterns: ['orders.*'], partitions: 3 } }, 2);

    it('puts a message of a key where the key belongs, whatever its topic', () => {
      for (const key of ['a', 'b', 'c', 'd']) {
        const place = `orders.${partitionOf(key, 3)}`;
        expect([parted.streamOf('orders.new', key), parted.streamOf('orders.old', key)]).to.deep.equal([place, place]);
      }
    });

    it('puts messages without a key into each in turn, a hundred at a time', () => {
      const places = Array.from({ length: 600 }, () => parted.streamOf('orders.new'));
      const runs = places.filter((place, i) => place !== places[i - 1]);
      expect(runs).to.deep.equal(['orders.0', 'orders.1', 'orders.2', 'orders.0', 'orders.1', 'orders.2']);
    });

    it('reads all of them', () => {
      expect(parted.streamsOf('orders.new')).to.deep.equal(['orders.0', 'orders.1', 'orders.2']);
      expect(parted.streamsOf('*')).to.deep.equal(['main.0', 'main.1', 'orders.0', 'orders.1', 'orders.2']);
    });

    it('knows them by the name of the stream, and a partition by its own', () => {
      expect(parted.partitionsOf('main')).to.deep.equal(['main.0', 'main.1']);
      expect(parted.partitionsOf('orders.2')).to.deep.equal(['orders.2']);
      expect(parted.partitionsOf('replies')).to.deep.equal(['replies.0']);
      expect(parted.partitionsOf('unknown')).to.deep.equal(['unknown.0']);
      expect(parted.counts).to.deep.equal({ main: 2, orders: 3 });
    });
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
