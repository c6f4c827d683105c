/** How long the stretches of a time series are: some twenty at least, a thousand at most, a second as a rule. */
export function sampleMs(durationMs: number): number {
  return Math.max(50, Math.min(1_000, durationMs / 20), durationMs / 1_000);
}
