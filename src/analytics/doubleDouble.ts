/**
 * A number as the exact sum of two doubles, some 32 digits: enough that differences of sums keep their digits. From
 * Dekker, "A floating-point technique for extending the available precision" (1971), and Knuth's sum of two.
 */
export interface DoubleDouble {
  readonly hi: number;
  /** What `hi` leaves over: at most half a unit of its last place. */
  readonly lo: number;
}

export const ZERO: DoubleDouble = { hi: 0, lo: 0 };

export function exactly(value: number): DoubleDouble {
  return { hi: value, lo: 0 };
}

export function toNumber({ hi, lo }: DoubleDouble): number {
  return hi + lo;
}

/** a + b, exact (Knuth). */
export function sumOfTwo(a: number, b: number): DoubleDouble {
  const hi = a + b;
  const part = hi - a;
  return { hi, lo: a - (hi - part) + (b - part) };
}

/** What rounding leaves over of a · b, which is `product` (Dekker). */
export function leftOver(a: number, b: number, product: number): number {
  const ah = upperHalf(a);
  const al = a - ah;
  const bh = upperHalf(b);
  const bl = b - bh;
  return ah * bh - product + ah * bl + al * bh + al * bl;
}

/** The upper 26 bits of the 53 (Veltkamp). */
function upperHalf(value: number): number {
  const scaled = SPLITTER * value;
  return scaled - (scaled - value);
}

const SPLITTER = 2 ** 27 + 1;

/** a · b, exact unless it underflows. */
export function productOfTwo(a: number, b: number): DoubleDouble {
  const hi = a * b;
  return { hi, lo: leftOver(a, b, hi) };
}

export function plus(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const sum = sumOfTwo(a.hi, b.hi);
  const rest = sumOfTwo(a.lo, b.lo);
  const { hi, lo } = sumOfTwo(sum.hi, sum.lo + rest.hi);
  return sumOfTwo(hi, lo + rest.lo);
}

export function minus(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  return plus(a, { hi: -b.hi, lo: -b.lo });
}

export function times(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const { hi, lo } = productOfTwo(a.hi, b.hi);
  return sumOfTwo(hi, lo + (a.hi * b.lo + a.lo * b.hi));
}

/** Long division, of two digits, where a digit is a double. */
export function over(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const first = a.hi / b.hi;
  const rest = minus(a, times(b, exactly(first)));
  return sumOfTwo(first, rest.hi / b.hi);
}

/** The square root: one step of Newton's from the double nearest to it. */
export function root(a: DoubleDouble): DoubleDouble {
  if (!(a.hi > 0)) return ZERO;
  const first = Math.sqrt(a.hi);
  const rest = minus(a, productOfTwo(first, first));
  return sumOfTwo(first, rest.hi / (2 * first));
}
