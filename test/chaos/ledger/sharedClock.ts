/** The time in ms by the machine's monotonic clock: the same in every process, whatever befalls their wall clocks. */
export function sharedClock(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
