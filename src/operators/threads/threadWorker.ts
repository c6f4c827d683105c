import type { LOAD, ThreadAnswer, ThreadTask } from './threadTask.ts';

// What a thread starts with. Piscina requires it where it can; what does the work has to be imported, as the handler's
// module will be: else, where TypeScript is compiled on the way, each would have a `PermanentError` of its own.

/** Called by Piscina for each task. */
export default async function run(task: ThreadTask | typeof LOAD): Promise<ThreadAnswer> {
  const { threadCall } = await import('./threadCall.ts');
  return threadCall(task);
}
