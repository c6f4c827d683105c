import type { Observable } from 'rxjs';

/** The last value of an Observable; rejects with the signal's reason, and unsubscribes, once that is aborted. */
export function untilAborted<T>(source: Observable<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let last: T;
    const receiving = source.subscribe({
      next: (value) => {
        last = value;
      },
      error: reject,
      complete: () => resolve(last),
    });
    const abort = () => {
      receiving.unsubscribe();
      reject(signal.reason);
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    receiving.add(() => signal.removeEventListener('abort', abort));
  });
}
