import type { Observable } from 'rxjs';

/** Resolves once it emits, or when the subscriber has gone. */
export function emitted(source: Observable<unknown>, subscriber: { add(teardown: () => void): void }): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting = source.subscribe({ next: () => resolve(), error: reject, complete: resolve });
    subscriber.add(() => {
      waiting.unsubscribe();
      resolve();
    });
  });
}
