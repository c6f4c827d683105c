import { expect } from 'chai';
import fc from 'fast-check';
import { scale } from '../../../src/operators/scaling/scale.ts';
import { initialScale, type ScaleSample } from '../../../src/operators/scaling/scaleState.ts';
import { LIMITS, poisson, randomFrom, simulate } from './simulate.ts';

const everySecond = (perSecond: number) => () => 1_000 / perSecond;
const endless = () => 0;
const MINUTE = 60_000;

describe('scale', () => {
  describe('under a source that has more than fits', () => {
    for (const serviceMs of [5, 20, 100, 1_000]) {
      it(`runs as many as it may within 5 s, handlers of ${serviceMs} ms, and keeps to it`, () => {
        const { changes } = simulate({ gapMs: endless, serviceMs: () => serviceMs, credit: 256, forMs: 5 * MINUTE });
        expect(changes.at(-1)).includes({ to: 50, reason: 'backlog' });
        expect(changes.at(-1)?.at).lessThan(5_000);
      });
    }

    it('makes handlers of 20 ms at least 45 times as fast as one of them', () => {
      const { rate } = simulate({ gapMs: endless, serviceMs: () => 20, credit: 256, forMs: 60_000 });
      expect(rate(5_000, 60_000) / 50).greaterThan(45);
    });
  });

  describe('at a constant load', () => {
    for (const [perSecond, serviceMs, enough] of [
      [1_000, 20, 25],
      [200, 20, 5],
      [100, 100, 13],
      [45, 20, 1],
    ] as const) {
      it(`settles, and then changes nothing: ${perSecond} a second of ${serviceMs} ms`, () => {
        const gapMs = everySecond(perSecond);
        const { changes, concurrency, waiting } = simulate({ gapMs, serviceMs: () => serviceMs, forMs: 30 * MINUTE });
        expect(changes.filter(({ at }) => at > 2 * MINUTE)).deep.equal([]);
        expect([concurrency, waiting]).deep.equal([enough, 0]);
      });
    }

    it('does not flap where gaps and handlers are random', () => {
      const seeds = fc.integer({ min: 1, max: 2 ** 31 });
      const loads = fc.constantFrom([500, 20], [200, 20], [35, 20], [10, 200]);
      fc.assert(
        fc.property(seeds, loads, (seed, [perSecond = 0, meanMs = 0]) => {
          const random = randomFrom(seed);
          const serviceMs = () => -Math.log(random()) * meanMs;
          const { changes } = simulate({ gapMs: poisson(perSecond, random), serviceMs, forMs: 15 * MINUTE });
          expect(changes.filter(({ at }) => at > 5 * MINUTE).length).lessThan(4);
        }),
        { numRuns: 12 },
      );
    });

    it('runs one handler for a trickle, even where it comes in bursts', () => {
      let count = 0;
      // Always just before it is looked: then two of three wait.
      const inThrees = () => {
        count += 1;
        return count === 1 ? 249 : count % 3 === 1 ? 250 : 0;
      };
      expect(simulate({ gapMs: inThrees, serviceMs: () => 20, forMs: 10 * MINUTE }).changes).deep.equal([]);
    });
  });

  describe('when the load changes', () => {
    const step = (before: number, after: number) => (at: number) => 1_000 / (at < MINUTE ? before : after);

    it('follows a step up within seconds, and no message waits any longer', () => {
      const { changes, waiting } = simulate({ gapMs: step(100, 1_000), serviceMs: () => 20, forMs: 3 * MINUTE });
      const after = changes.filter(({ at }) => at > MINUTE);
      expect(after[0]).includes({ reason: 'backlog' });
      expect(after.find(({ to }) => to >= 20)?.at).lessThan(MINUTE + 5_000);
      expect(waiting).equal(0);
    });

    it('follows a step down only after the cool-down, to what is needed', () => {
      const { changes, concurrency } = simulate({ gapMs: step(1_000, 100), serviceMs: () => 20, forMs: 4 * MINUTE });
      const after = changes.filter(({ at }) => at > MINUTE);
      expect(after[0]?.at).greaterThanOrEqual(MINUTE + LIMITS.coolDownMs);
      expect(after.every(({ reason }) => reason === 'idle')).equal(true);
      expect(concurrency).equal(3);
    });

    it('waits longer with each cool-down that it has to regret', () => {
      // Busy for two seconds of every fifteen: just long enough apart for the cool-down to pass.
      const gapMs = (at: number) => (at % 15_000 < 2_000 ? 5 : 15_000 - (at % 15_000));
      const limits = { coolDownMs: 10_000 };
      const { changes } = simulate({ gapMs, serviceMs: () => 100, limits, forMs: 20 * MINUTE });
      const inMinute = (minute: number) => changes.filter(({ at }) => Math.floor(at / MINUTE) === minute).length;
      expect(inMinute(0)).greaterThan(4);
      expect([16, 17, 18].map(inMinute)).deep.equal([0, 0, 0]);
    });
  });

  describe('where the event loop is what is short', () => {
    it('does not grow: more would only wait for it', () => {
      const loop = () => ({ utilization: 0.97, delayMs: 5 });
      const { changes } = simulate({ gapMs: endless, serviceMs: () => 20, credit: 256, loop, forMs: 5 * MINUTE });
      expect(changes).deep.equal([]);
    });

    it('stops growing where it becomes so', () => {
      const loop = (running: number) => ({ utilization: Math.min(1, running / 20), delayMs: 0 });
      const { concurrency } = simulate({ gapMs: endless, serviceMs: () => 20, credit: 256, loop, forMs: 5 * MINUTE });
      expect(concurrency).within(18, 36);
    });

    it('lets some go when the loop falls behind, and does not try that again at once', () => {
      const loop = (running: number) => ({ utilization: 0.5, delayMs: running > 20 ? 300 : 10 });
      const { changes, concurrency } = simulate({
        gapMs: endless,
        serviceMs: () => 20,
        credit: 256,
        loop,
        forMs: 45_000,
      });
      expect(changes.some(({ reason }) => reason === 'loop-delay')).equal(true);
      expect(changes.filter(({ at }) => at > 10_000)).deep.equal([]);
      expect(concurrency).within(10, 20);
    });

    it('keeps the fewest whatever the loop does', () => {
      const loop = () => ({ utilization: 1, delayMs: 5_000 });
      const limits = { min: 4 };
      const { changes } = simulate({ gapMs: endless, serviceMs: () => 20, credit: 256, loop, limits, forMs: MINUTE });
      expect(changes).deep.equal([]);
    });
  });

  it('goes at once for what a known backlog needs', () => {
    let state = initialScale(LIMITS, 0);
    const sample = { elapsedMs: 250, arrived: 12, ended: 12, busyMs: 250, waiting: 1, backlog: 100_000 };
    for (let at = 250; at <= 750; at += 250) {
      state = scale(LIMITS, state, { ...sample, at, loop: { utilization: 0, delayMs: 0 } }).state;
    }
    expect(state.concurrency).equal(50);
  });

  it('never leaves its bounds and grows by no more than there is to do, whatever it is told', () => {
    const count = fc.nat({ max: 1_000 });
    const samples = fc.array(
      fc.record({
        arrived: count,
        ended: count,
        busyShare: fc.double({ min: 0, max: 1, noNaN: true }),
        waiting: count,
      }),
      { maxLength: 60 },
    );
    const loads = fc.record({
      utilization: fc.double({ min: 0, max: 1, noNaN: true }),
      delayMs: fc.double({ min: 0, max: 500, noNaN: true }),
    });
    fc.assert(
      fc.property(samples, loads, fc.integer({ min: 1, max: 10 }), (all, loop, min) => {
        const limits = { ...LIMITS, min };
        let state = initialScale(limits, 0);
        all.forEach(({ busyShare, ...rest }, i) => {
          const busyMs = busyShare * 250 * state.concurrency;
          const sample: ScaleSample = { ...rest, at: (i + 1) * 250, elapsedMs: 250, busyMs, backlog: 0, loop };
          const { concurrency, state: next } = scale(limits, state, sample);
          expect(concurrency).within(min, LIMITS.max);
          expect(concurrency).at.most(state.concurrency + rest.waiting);
          expect(next.concurrency).equal(concurrency);
          state = next;
        });
      }),
    );
  });
});
