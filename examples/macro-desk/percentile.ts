/** The smallest value that at least a share of all values (0 to 1) do not exceed: exact, by nearest rank. 0 of none. */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
