/** Rounds to six decimals, which takes the noise of binary fractions off (9.7 − 10.4 is −0.7000000000000011). */
export function round(value: number): number {
  return Number(value.toFixed(6));
}
