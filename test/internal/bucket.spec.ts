import { expect } from 'chai';
import fc from 'fast-check';
import { Bucket } from '../../src/internal/bucket.ts';

const step = fc.record({ waitMs: fc.integer({ min: -50, max: 200 }), want: fc.nat({ max: 12 }) });

describe('Bucket', () => {
  it('never gives more than its burst and what has come since, nor less than nothing', () => {
    const limits = fc.record({
      rate: fc.double({ min: 0.1, max: 500, noNaN: true }),
      burst: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 50 }), ({ rate, burst }, steps) => {
        const bucket = new Bucket({ rate, burst }, 0);
        let [now, forward, given] = [0, 0, 0];
        for (const { waitMs, want } of steps) {
          now += waitMs;
          forward += Math.max(0, waitMs);
          const taken = bucket.take(want, now);
          expect(taken).within(0, want);
          given += taken;
          expect(given).at.most(burst + (forward * rate) / 1_000 + 1e-6);
        }
      }),
    );
  });

  it('has a token when it said that it would', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 5_000, noNaN: true }), (rate) => {
        const bucket = new Bucket({ rate, burst: 1 }, 0);
        bucket.take(1, 0);
        const waitMs = bucket.waitMs(0);
        expect(bucket.take(1, waitMs - 1)).equal(0);
        expect(bucket.waitMs(waitMs)).at.most(1);
        expect(bucket.take(1, waitMs + 1)).equal(1);
      }),
    );
  });
});
