import { TopicIndex } from 'sluice';
import { patternsOf, REALISTIC, topicsOf } from '../routes.ts';
import type { Scenario, Setting, Side } from '../scenario.ts';

const PATTERNS = 10_000;
const FEW = 10;
/** Topics in turn, as many as a busy desk sees; all are remembered. */
const TOPICS = 1_000;

/** What a topic costs that was seen before, with ten thousand patterns and with ten. */
export const route: Scenario = {
  name: 'route',
  unit: 'ns/topic',
  better: 'lower',
  target: { atMost: 1.5 },
  baselineName: `the same with ${FEW} patterns; topics seen before`,
  redis: false,
  scale: 20,
  ours: (setting) => warm(PATTERNS, setting),
  baseline: (setting) => warm(FEW, setting),
};

async function warm(patterns: number, { messages }: Setting): Promise<Side> {
  const index = new TopicIndex(patternsOf(REALISTIC, patterns));
  const topics = topicsOf(REALISTIC, PATTERNS, TOPICS);
  const rounds = Math.ceil(messages / TOPICS);
  return {
    run: async () => {
      for (const topic of topics) index.find(topic);
      const began = performance.now();
      let found = 0;
      for (let round = 0; round < rounds; round += 1) for (const topic of topics) found += index.find(topic).length;
      const elapsedMs = performance.now() - began;
      if (found === 0 || found % rounds !== 0)
        throw new Error(`${found} matches in ${rounds} rounds: a topic was routed differently`);
      return { figure: (elapsedMs * 1e6) / (rounds * TOPICS) };
    },
    close: async () => {},
  };
}
