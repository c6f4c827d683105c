import { Observable, type Subscriber } from 'rxjs';
import type { Member } from '../../core/store.ts';
import { StoreClosedError } from '../../core/storeErrors.ts';
import { toStoreError } from './toStoreError.ts';

/** What a call is about, for its errors. */
export type CallContext = Partial<Pick<Member, 'stream' | 'group' | 'consumer'>>;

/** Makes the store's Observables of promises, and ends those under way when the store closes. */
export class Calls {
  private readonly open = new Set<Subscriber<never>>();
  private closed = false;

  constructor(private readonly where: string) {}

  /** Unsubscribing leaves the promise alone: what was sent is done. */
  call<T>(context: CallContext, run: () => Promise<T>): Observable<T> {
    return this.observe(context, run);
  }

  /** Unsubscribing, or the signal, aborts the run; then the Observable ends without a value. */
  cancellable<T>(
    context: CallContext,
    outer: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ): Observable<T> {
    return new Observable((subscriber) => {
      if (outer?.aborted) return subscriber.complete();
      const inner = new AbortController();
      const stop = () => subscriber.complete();
      outer?.addEventListener('abort', stop);
      subscriber.add(() => {
        outer?.removeEventListener('abort', stop);
        inner.abort();
      });
      this.observe(context, () => run(inner.signal)).subscribe(subscriber);
    });
  }

  /** Ends every call under way, then frees what they used. */
  closing(free: () => void): Observable<void> {
    return new Observable((subscriber) => {
      this.closed = true;
      for (const open of this.open) open.error(new StoreClosedError());
      free();
      subscriber.next();
      subscriber.complete();
    });
  }

  private observe<T>(context: CallContext, run: () => Promise<T>): Observable<T> {
    return new Observable((subscriber) => {
      if (this.closed) return subscriber.error(new StoreClosedError());
      this.open.add(subscriber);
      subscriber.add(() => this.open.delete(subscriber));
      run().then(
        (value) => {
          subscriber.next(value);
          subscriber.complete();
        },
        (cause) => subscriber.error(toStoreError(cause, { where: this.where, ...context })),
      );
    });
  }
}
