/** The time in ms since the epoch, by a clock that is exact to microseconds and never goes back. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
