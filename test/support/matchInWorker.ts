import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { MatchAnswer, MatchJob } from './matchWorker.ts';

/** Time enough for any machine: a match that backtracks without bound takes longer than the age of the universe. */
const WATCHDOG_MS = 15_000;

/** Matches in a thread that can be stopped: an error says that there was no answer. */
export async function matchInWorker(job: MatchJob): Promise<MatchAnswer> {
  const worker = new Worker(new URL('./matchWorker.ts', import.meta.url), {
    workerData: job,
    execArgv: ['--import', 'tsx'],
  });
  try {
    const [answer] = await once(worker, 'message', { signal: AbortSignal.timeout(WATCHDOG_MS) });
    return answer as MatchAnswer;
  } finally {
    await worker.terminate();
  }
}
