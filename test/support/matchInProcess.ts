import { fork } from 'node:child_process';
import { on } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MatchAnswer, MatchJob } from './matchProcess.ts';

/** Time enough for any machine: a match that backtracks without bound takes longer than anyone can wait. */
const WATCHDOG_MS = 60_000;

/** Matches in a process that can be stopped; names the pattern that gives no answer. */
export async function matchInProcess(jobs: readonly MatchJob[]): Promise<readonly MatchAnswer[]> {
  const child = fork(fileURLToPath(new URL('./matchProcess.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  const answers: MatchAnswer[] = [];
  try {
    child.send(jobs);
    for await (const [answer] of on(child, 'message', { signal: AbortSignal.timeout(WATCHDOG_MS) })) {
      answers.push(answer as MatchAnswer);
      if (answers.length === jobs.length) break;
    }
    return answers;
  } catch (cause) {
    throw new Error(`there is no answer for ${jobs[answers.length]?.pattern}`, { cause });
  } finally {
    child.kill('SIGKILL');
  }
}
