import { expect } from 'chai';
import { lastValueFrom, take, toArray } from 'rxjs';
import { metronome, tickMs } from '../../../../src/cli/bench/measuring/metronome.ts';

describe('metronome', () => {
  it('ticks from a thread of its own, and ends it when unsubscribed', async function () {
    this.timeout(20_000);
    const ticks = await lastValueFrom(metronome(0.2).pipe(take(20), toArray()));
    expect(ticks).to.have.lengthOf(20);
  });

  it('looks at the time four times a message, within bounds', () => {
    expect([1, 1_000, 1_000_000].map(tickMs)).to.deep.equal([1, 0.25, 0.05]);
  });
});
