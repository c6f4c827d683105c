import { Observable, type Subscriber } from 'rxjs';
import type { Member } from '../../core/store.ts';
import { StoreClosedError } from '../../core/storeErrors.ts';
import { toStoreError } from './toStoreError.ts';

/** What a call is about, for its errors. */
export type CallContext = Partial<Pick<Member, 'stream' | 'group' | 'consumer'>>;

/** Hands a value on; false if nobody is there any more. */
export type Emit<T> = (value: T) => boolean;

/** Makes the store's Observables of promises, and ends those under way when the store closes. */
export class Calls {
  private readonly open = new Set<Subscriber<never>>();
  private closed = false;

  constructor(private readonly where: string) {}

  /** Unsubscribing leaves the run alone: what was sent is done. */
  call<T>(context: CallContext, run: () => Promise<T>): Observable<T> {
    return this.observe(context, async (emit) => {
      emit(await run());
    });
  }

  /** Unsubscribing, or the signal, aborts the run; then the Observable ends without a value. */
  cancellable<T>(
    context: CallContext,
    outer: AbortSignal | undefined,
    run: (emit: Emit<T>, signal: AbortSignal) => Promise<void>,
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
      this.observe<T>(context, (emit) => run(emit, inner.signal)).subscribe(subscriber);
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

  private observe<T>(context: CallContext, run: (emit: Emit<T>) => Promise<void>): Observable<T> {
    return new Observable((subscriber) => {
      if (this.closed) return subscriber.error(new StoreClosedError());
      this.open.add(subscriber);
      subscriber.add(() => this.open.delete(subscriber));
      const emit = (value: T): boolean => {
        if (subscriber.closed) return false;
        subscriber.next(value);
        return true;
      };
      run(emit).then(
        () => subscriber.complete(),
        (cause) => subscriber.error(toStoreError(cause, { where: this.where, ...context })),
      );
    });
  }
}
