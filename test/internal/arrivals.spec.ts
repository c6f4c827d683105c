import { expect } from 'chai';
import { Arrivals } from '../../src/internal/arrivals.ts';
import { TestSource } from '../../src/testing/testSource.ts';

describe('Arrivals', () => {
  it('calls lost what was settled since it came, and not what had been settled before', () => {
    const source = new TestSource();
    const arrivals = new Arrivals();
    const [before, since, open] = [source.deliver('before'), source.deliver('since'), source.deliver('open')];
    before.ack();
    for (const delivery of [before, since, open]) arrivals.came(delivery);
    since.ack();
    expect([before, since, open].map((delivery) => arrivals.lost(delivery))).deep.equal([false, true, false]);
  });
});
