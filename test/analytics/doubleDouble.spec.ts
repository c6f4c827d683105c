import { expect } from 'chai';
import fc from 'fast-check';
import {
  type DoubleDouble,
  exactly,
  minus,
  over,
  plus,
  productOfTwo,
  root,
  sumOfTwo,
  times,
  toNumber,
} from '../../src/analytics/doubleDouble.ts';

const whole = fc.maxSafeInteger();
/** What a sum of two whole doubles is, exactly. */
const exact = ({ hi, lo }: DoubleDouble): bigint => BigInt(hi) + BigInt(lo);
const numbers = fc.double({ min: -1e70, max: 1e70, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-70);
const doubled = fc
  .tuple(numbers, fc.double({ min: -1, max: 1, noNaN: true }))
  .map(([x, y]) => sumOfTwo(x, x * y * 2 ** -53));

/** The distance of two, relative to the second. */
function distance(a: DoubleDouble, b: DoubleDouble): number {
  return b.hi === 0 ? Math.abs(a.hi) : Math.abs(toNumber(minus(a, b)) / b.hi);
}

describe('double-double', () => {
  it('adds two doubles exactly', () =>
    fc.assert(fc.property(whole, whole, (a, b) => exact(sumOfTwo(a * 1024, b)) === BigInt(a) * 1024n + BigInt(b))));

  it('multiplies two doubles exactly', () =>
    fc.assert(fc.property(whole, whole, (a, b) => exact(productOfTwo(a, b)) === BigInt(a) * BigInt(b))));

  it('takes away what was added, to 30 digits of the larger', () =>
    fc.assert(
      fc.property(doubled, doubled, (a, b) => {
        const largest = Math.max(Math.abs(a.hi), Math.abs(b.hi), Number.MIN_VALUE);
        expect(Math.abs(toNumber(minus(minus(plus(a, b), b), a))) / largest).at.most(1e-30);
      }),
    ));

  it('divides by what was multiplied with, to 30 digits', () =>
    fc.assert(
      fc.property(doubled, doubled, (a, b) => {
        fc.pre(b.hi !== 0);
        expect(distance(over(times(a, b), b), a)).at.most(1e-30);
      }),
    ));

  it('has a root whose square it is, to 30 digits', () =>
    fc.assert(
      fc.property(doubled, (a) => {
        fc.pre(a.hi > 0);
        expect(distance(times(root(a), root(a)), a)).at.most(1e-30);
      }),
    ));

  it('has no root of what is not above zero', () => {
    expect([root(exactly(0)), root(exactly(-4))].map(toNumber)).deep.equal([0, 0]);
  });
});
