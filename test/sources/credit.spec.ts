import { expect } from 'chai';
import { perPriority } from '../../src/core/priority.ts';
import { Credit } from '../../src/sources/credit.ts';

describe('Credit', () => {
  it('asks for half of it, and for less of what is less urgent', () => {
    expect(new Credit(perPriority(() => 100)).ask()).to.deep.equal({ critical: 50, high: 50, normal: 50, low: 50 });
    const much = new Credit(perPriority(() => 10_000));
    expect(much.ask()).to.deep.equal({ critical: 5_000, high: 5_000, normal: 4_096, low: 64 });
  });

  it('asks for what is free, and for nothing once all is out', () => {
    const credit = new Credit(perPriority(() => 4));
    credit.spend('normal', 3);
    expect(credit.ask()).to.deep.equal({ critical: 2, high: 2, normal: 1, low: 2 });
    for (const priority of ['critical', 'high', 'low'] as const) credit.spend(priority, 4);
    credit.spend('normal');
    expect(credit.ask()).to.equal(undefined);
    credit.give('low', 2);
    expect(credit.ask()).to.deep.equal({ critical: 0, high: 0, normal: 0, low: 2 });
  });
});
