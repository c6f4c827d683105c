import { parentPort, workerData } from 'node:worker_threads';
import { compilePattern } from '../../src/core/pattern.ts';

/** Patterns and the topics to match each with. */
export interface MatchJob {
  readonly patterns: readonly string[];
  readonly topics: readonly string[];
}

/** For each pattern: what it says of each topic, or why it is refused. */
export type MatchAnswer = readonly (readonly boolean[] | string)[];

function answer({ patterns, topics }: MatchJob): MatchAnswer {
  return patterns.map((pattern) => {
    try {
      return topics.map(compilePattern(pattern));
    } catch (refusal) {
      return String(refusal);
    }
  });
}

parentPort?.postMessage(answer(workerData as MatchJob));
