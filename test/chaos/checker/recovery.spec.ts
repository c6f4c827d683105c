import { expect } from 'chai';
import { MadeUp } from '../support/madeUp.ts';
import { joined, recoveries } from './recovery.ts';

describe('chaos recovery times', () => {
  it('of a consumer: until the last of what it had in hand has begun elsewhere', () => {
    const made = new MadeUp()
      .handled('keeper-1.1', 'a', 10, 20)
      .handled('keeper-1.1', 'b', 30)
      .handled('keeper-1.1', 'c', 40)
      .fault('kill a consumer', 100, 150, 'keeper-1.1')
      .handled('keeper-2.1', 'd', 200, 300)
      .handled('keeper-2.1', 'b', 1_100, 1_200)
      .handled('keeper-2.1', 'c', 1_300, 1_400);
    expect(recoveries(made.evidence())).to.deep.equal([{ fault: 'kill a consumer', count: 1, timesMs: [1_200] }]);
  });

  it('of a server: the longest pause until what was sent after it comes to a handler', () => {
    const made = new MadeUp()
      .published('a', 90)
      .fault('kill the server', 100, 600)
      .handled('keeper-1.1', 'a', 110, 120)
      .published('b', 130)
      .handled('keeper-1.1', 'b', 700, 710)
      .published('c', 800)
      .handled('keeper-1.1', 'c', 1_500, 1_510)
      .published('d', 1_600)
      .handled('keeper-1.1', 'd', 5_000, 5_010)
      .published('e', 5_100)
      .handled('keeper-1.1', 'e', 9_000, 9_010);
    expect(recoveries(made.evidence())).to.deep.equal([{ fault: 'kill the server', count: 1, timesMs: [3_500] }]);
  });

  it('of a producer: until its successor has had a publish confirmed', () => {
    const made = new MadeUp().fault('kill a producer', 100, 400, 'producer-1.0').published('a', 900);
    expect(recoveries(made.evidence())).to.deep.equal([{ fault: 'kill a producer', count: 1, timesMs: [800.5] }]);
  });

  it('counts a fault that there was nothing to recover from, and joins those of several seeds', () => {
    const made = new MadeUp().fault('kill a consumer', 100, 150, 'keeper-1.1');
    const one = recoveries(made.evidence());
    expect(one).to.deep.equal([{ fault: 'kill a consumer', count: 1, timesMs: [] }]);
    expect(joined([...one, { fault: 'kill a consumer', count: 2, timesMs: [5, 7] }])).to.deep.equal([
      { fault: 'kill a consumer', count: 3, timesMs: [5, 7] },
    ]);
  });
});
