/** Says what ended a thread, of what Node and Piscina tell. */
export function whyEnded(cause: Error & { readonly code?: unknown }): string {
  if (cause.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'it ran out of memory; `resourceLimits` says how much it has';
  const exit = /worker exited with code: (\d+)/.exec(cause.message);
  if (exit) return `process.exit(${exit[1]}) was called in it`;
  return `an error was thrown that nobody caught: ${cause.message}`;
}
