import { expect } from 'chai';
import { analyse, ema, type Observation } from '../../src/analytics/index.ts';
import { handle } from '../../src/operators/handle.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { resultsOf } from '../analytics/support/resultsOf.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';

const values = Array.from({ length: 24 }, (_, i) => 100 + ((i * 7) % 11));
const observations = values.map(
  (value, i): Observation => ({
    series: 'CPI',
    period: `${2024 + Math.floor(i / 12)}-${`${(i % 12) + 1}`.padStart(2, '0')}`,
    value,
  }),
);
const expected = resultsOf(ema({ length: 3 }), values);

describe('analyse on a bus', () =>
  onEachStore(({ connect }) => {
    it('gives what is tried again its result again, and counts it once', async () => {
      const bus = await connect();
      const seen = new Map<string, (number | null)[]>();
      const subscription = bus
        .from('observations.*', { group: 'desk', backoff: { initialMs: 1, jitter: 0 } })
        .pipe(
          mapData((data) => data as Observation),
          analyse({ mean: ema({ length: 3 }) }),
          handle(({ period, mean }) => {
            const results = seen.get(period) ?? [];
            seen.set(period, [...results, mean]);
            // Every third fails at first: it comes again after others that are later.
            if (results.length === 0 && Number(period.slice(5)) % 3 === 0) throw new Error('not yet');
          }),
        )
        .subscribe((delivery) => delivery.ack());
      await bus.publishMany(observations.map((data) => ({ topic: 'observations.cpi', data, key: data.series })));
      await eventually(() => [...seen.values()].flat().length >= 32);
      subscription.unsubscribe();

      expect(observations.map(({ period }) => seen.get(period)?.[0])).deep.equal(expected);
      const again = [...seen].filter(([, results]) => results.length > 1);
      expect(again.map(([period]) => period).sort()).deep.equal(
        observations.map(({ period }) => period).filter((period) => Number(period.slice(5)) % 3 === 0),
      );
      for (const [, results] of again) expect(new Set(results).size).equal(1);
    });
  }));
