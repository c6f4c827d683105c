import { expect } from 'chai';
import { SLOTS, slotOf } from '../../../src/adapters/redis/slotOf.ts';

describe('slotOf', () => {
  it('is the CRC-16 that Redis Cluster takes', () => {
    // The checksum of XMODEM's CRC-16, which the specification of Redis Cluster names: 0x31C3.
    expect(slotOf('123456789')).to.equal(0x31c3 % SLOTS);
    expect(slotOf('foo')).to.equal(12_182);
    expect(slotOf('')).to.equal(0);
    expect(slotOf('größe')).to.equal(slotOf('x{größe}'));
  });

  it('minds the hash tag only, if there is something in it', () => {
    expect(slotOf('sluice:{main.0}:normal')).to.equal(slotOf('main.0'));
    expect(slotOf('a{b}{c}')).to.equal(slotOf('b'));
    for (const whole of ['a{}{b}', 'a{b', 'a}b{']) expect(slotOf(whole)).not.to.equal(slotOf('b'));
  });

  it('spreads eight partitions over three masters', () => {
    for (const stream of ['main', 'orders', 'trading', 'prices']) {
      const shares = [0, 0, 0];
      for (let i = 0; i < 8; i += 1) shares[Math.floor((slotOf(`{${stream}.${i}}`) * 3) / SLOTS)]! += 1;
      expect(Math.min(...shares), `${stream}: ${shares}`).to.be.at.least(1);
    }
  });
});
