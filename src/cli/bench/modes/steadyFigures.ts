import type { SteadyFigures } from '../measuring/steadyRate.ts';
import type { Figure, NamedLatency } from '../report.ts';

/** How many there were, and what did not go as it should. */
export function countFigures(name: string, figures: SteadyFigures): readonly Figure[] {
  const { handled, handledPerSecond, unhandled, repeated, refused } = figures;
  const faults = {
    'not handled in time': unhandled,
    'handled more than once': repeated,
    'refused by the store': refused,
  };
  return [
    { name: `${name}: handled`, value: handled },
    { name: `${name}: rate`, value: handledPerSecond, unit: 'msg/s' },
    ...Object.entries(faults)
      .filter(([, count]) => count > 0)
      .map(([what, value]) => ({ name: `${name}: ${what}`, value })),
  ];
}

/** The latencies, and by how much the generator itself was late: that much of them is its own. */
export function namedLatencies(name: string, { latency, lateness }: SteadyFigures): readonly NamedLatency[] {
  if (latency === undefined) return [];
  const late = lateness === undefined ? [] : [{ name: `${name}, sent late by`, figures: lateness, generator: true }];
  return [{ name, figures: latency }, ...late];
}
