import { expect } from 'chai';
import { retentionBounds } from '../../src/bus/retentionBounds.ts';

describe('retentionBounds', () => {
  it("are the bus's, but for those that a stream has of its own", () => {
    const bus = { maxEntries: 10, maxAgeMs: 1_000 };
    expect(retentionBounds(bus)).to.deep.equal(bus);
    expect(retentionBounds(bus, { maxEntries: 5 })).to.deep.equal({ maxEntries: 5, maxAgeMs: 1_000 });
    expect(retentionBounds(bus, { maxAgeMs: Infinity })).to.deep.equal({ maxEntries: 10 });
  });

  it('share the bytes of a stream out among its partitions', () => {
    expect(retentionBounds({ maxBytes: 1_000_000 }, {}, 8)).to.deep.equal({ maxBytes: 125_000 });
  });
});
