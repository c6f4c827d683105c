import type { z } from 'zod';
import type { Observation } from './observation.ts';
import type { Series } from './series.ts';

/** An observation as it travels: nobody has looked at its value yet. */
export type RawObservation = Omit<z.input<typeof Observation>, 'value' | 'frequency'> & {
  readonly value: unknown;
  readonly frequency: string;
};

/**
 * Every observation of the series, series by series and oldest first; as many times over as `repeat` says. Each
 * repetition is a set of series of its own (`…#2`), so that it is computed by itself.
 */
export function observationsOf(series: readonly Series[], repeat = 1): Iterable<RawObservation> {
  return { [Symbol.iterator]: () => generate(series, repeat) };
}

function* generate(series: readonly Series[], repeat: number): Generator<RawObservation, void, undefined> {
  for (let round = 1; round <= repeat; round += 1) {
    const suffix = round === 1 ? '' : `#${round}`;
    for (const one of series) yield* observations(one, `${one.id}${suffix}`);
  }
}

function* observations(one: Series, series: string): Generator<RawObservation, void, undefined> {
  const { frequency, percentage, area, periods, values } = one;
  for (const [i, period] of periods.entries()) {
    const observation = { series, frequency, period, value: values[i], percentage };
    yield area === undefined ? observation : { ...observation, area };
  }
}
