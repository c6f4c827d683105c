import { GROWING, type Growing } from '../../src/cli/bench/modes/growing.ts';
import { measured } from '../../src/cli/bench/modes/growth.ts';
import { Place } from '../../src/cli/bench/place.ts';
import type { Scenario, Target } from '../scenario.ts';

const RANGE = { runs: 3, upTo: { backlog: 1_000_000, payload: 65_536, streams: 1_000, consumers: 50 } };
const PAYLOAD_BYTES = 200;

/** The most that the cost may be multiplied by: a backlog must cost nothing, the others no more than in proportion. */
const TARGETS: Readonly<Record<Growing['of'], Target>> = {
  backlog: { atMost: 1.2 },
  payload: { atMost: 1_024 },
  streams: { atMost: 1_000 },
  consumers: { atMost: 50 },
};

/** What a message costs where there is much of something, against where there is little. */
export const growth: readonly Scenario[] = GROWING.map((growing) => ({
  name: `growth-${growing.of}`,
  group: 'growth',
  unit: 'µs a message',
  better: 'lower',
  baselineName: `the same with ${growing.at[0]?.toLocaleString('en-US')}`,
  target: TARGETS[growing.of],
  note: `${growing.at.at(-1)?.toLocaleString('en-US')} ${growing.unit}; published and handled at full speed`,
  scale: 0.2,
  mostRuns: 1,
  redis: true,
  async ours({ redisUrl, messages }) {
    const options = { payloadBytes: PAYLOAD_BYTES };
    const place = new Place(redisUrl, () => {});
    const run = { options, place, signal: new AbortController().signal, watch: () => () => {} };
    return {
      async run() {
        const points = await measured(run, growing, { ...RANGE, messages });
        const [first, last] = [points[0], points.at(-1)];
        return {
          figure: last?.microseconds ?? Number.NaN,
          growth: { of: growing.of, unit: growing.unit, points },
          against: first?.microseconds ?? Number.NaN,
          extra: Object.fromEntries(
            points.map(({ at, microseconds }) => [`at ${at.toLocaleString('en-US')}:`, microseconds]),
          ),
        };
      },
      close: async () => {},
    };
  },
}));
