import { loadModule } from './loadModule.ts';
import type { LOAD, ThreadAnswer, ThreadTask } from './threadTask.ts';

// What a thread starts with. Piscina requires it where it can; what does the work is loaded as the handler's module will
// be: else, where TypeScript is compiled on the way, each would have a `PermanentError` of its own.

type Work = typeof import('./threadCall.ts');

const WORK = new URL(import.meta.url.endsWith('.ts') ? './threadCall.ts' : './threadCall.js', import.meta.url);

/** Called by Piscina for each task. */
export default async function run(task: ThreadTask | typeof LOAD): Promise<ThreadAnswer> {
  const { threadCall } = (await loadModule(WORK.href)) as Work;
  return threadCall(task);
}
