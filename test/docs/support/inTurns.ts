/** Runs tasks, so many at once; the others wait in the order they came. */
export function inTurns(count: number): <T>(task: () => Promise<T>) => Promise<T> {
  const lines: Promise<unknown>[] = Array.from({ length: count }, () => Promise.resolve());
  let next = 0;
  return (task) => {
    const line = next++ % count;
    const run = (lines[line] as Promise<unknown>).then(task);
    lines[line] = run.catch(() => undefined);
    return run;
  };
}
