import { compilePattern } from '../../src/core/pattern.ts';

/** A pattern and the topics to match it with. */
export interface MatchJob {
  readonly pattern: string;
  readonly topics: readonly string[];
}

/** What a pattern says of each topic, or why it is refused. */
export type MatchAnswer = readonly boolean[] | string;

function answer({ pattern, topics }: MatchJob): MatchAnswer {
  try {
    return topics.map(compilePattern(pattern));
  } catch (refusal) {
    return String(refusal);
  }
}

process.once('message', (jobs: readonly MatchJob[]) => {
  for (const job of jobs) process.send?.(answer(job));
});
