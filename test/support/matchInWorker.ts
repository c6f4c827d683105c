import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { MatchAnswer, MatchJob } from './matchWorker.ts';

/** Time enough for any machine: a match that backtracks without bound takes longer than anyone can wait. */
const WATCHDOG_MS = 60_000;

/** Matches in a thread that can be stopped; names the pattern that gives no answer. */
export async function matchInWorker(jobs: readonly MatchJob[]): Promise<readonly MatchAnswer[]> {
  const worker = new Worker(new URL('./matchWorker.ts', import.meta.url), {
    workerData: jobs,
    execArgv: ['--import', 'tsx'],
  });
  const answers: MatchAnswer[] = [];
  try {
    for await (const [answer] of on(worker, 'message', { signal: AbortSignal.timeout(WATCHDOG_MS) })) {
      answers.push(answer as MatchAnswer);
      if (answers.length === jobs.length) break;
    }
    return answers;
  } catch (cause) {
    throw new Error(`there is no answer for ${jobs[answers.length]?.pattern}`, { cause });
  } finally {
    await worker.terminate();
  }
}
