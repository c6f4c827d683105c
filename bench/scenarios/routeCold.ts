import micromatch from 'micromatch';
import { TopicIndex } from 'sluice';
import { patternsOf, REALISTIC, STARRED, topicsOf } from '../routes.ts';
import type { Scenario, Setting, Side } from '../scenario.ts';

const PATTERNS = 10_000;
/** The loop is so slow that it gets fewer topics. */
const OF_BASELINE = 0.005;

/** The first pattern of ten thousand that a topic matches, where no topic was ever seen before. */
export const routeCold: Scenario = cold('route-cold', REALISTIC);

/** The same where every pattern begins with a star. */
export const routeStarred: Scenario = cold('route-starred', STARRED);

function cold(name: string, kinds: typeof REALISTIC): Scenario {
  const patterns = patternsOf(kinds, PATTERNS);
  const firstBy = async (find: (topic: string) => number | undefined, messages: number): Promise<Side> => {
    const topics = topicsOf(kinds, PATTERNS, messages);
    return {
      run: async () => {
        const began = performance.now();
        let found = 0;
        for (const topic of topics) if (find(topic) !== undefined) found += 1;
        const elapsedMs = performance.now() - began;
        if (found < messages / 2) throw new Error(`${found} of ${messages} topics found a pattern`);
        return { figure: messages / (elapsedMs / 1_000) };
      },
      close: async () => {},
    };
  };
  return {
    name,
    unit: 'topics/s',
    target: { atLeast: 50 },
    baselineName: 'a loop over compiled micromatch matchers; topics never seen before',
    redis: false,
    ours: async ({ messages }: Setting) => {
      const index = new TopicIndex(patterns);
      return firstBy((topic) => index.find(topic)[0], messages);
    },
    baseline: async ({ messages }: Setting) => {
      const matchers = patterns.map((pattern) => micromatch.matcher(pattern, { bash: true, dot: true }));
      const find = (topic: string) => {
        const first = matchers.findIndex((matches) => matches(topic));
        return first < 0 ? undefined : first;
      };
      return firstBy(find, Math.ceil(messages * OF_BASELINE));
    },
  };
}
