/** What a Promise brings, or, if the signal is aborted before, a rejection with its reason. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    const over = () => signal.removeEventListener('abort', aborted);
    signal.addEventListener('abort', aborted);
    work.then(resolve, reject).finally(over);
  });
}
