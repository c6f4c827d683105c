/** A change as people write it: `+11.88`, `−0.40`, with as many decimals as asked. */
export function signed(value: number, decimals = 2): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(decimals)}`;
}
