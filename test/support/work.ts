/** What a handler is busy with, for so long: the work of a test, not a wait for something to happen. */
export function work(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
