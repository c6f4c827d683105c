import { Observable, type OperatorFunction, Subscriber, type TeardownLogic } from 'rxjs';

/** Makes an operator of what runs at each subscription. RxJS keeps its own for itself until version 8. */
export function operate<T, R>(
  run: (source: Observable<T>, subscriber: Subscriber<R>) => TeardownLogic,
): OperatorFunction<T, R> {
  return (source) => new Observable<R>((subscriber) => run(source, subscriber));
}

/** What an operator does with its source; what it leaves out passes through. */
export interface Handlers<T> {
  readonly next: (value: T) => void;
  readonly error?: (cause: unknown) => void;
  readonly complete?: () => void;
}

/**
 * Subscribes handlers to a source on behalf of a subscriber. Whatever a handler throws becomes the subscriber's error:
 * left to itself, RxJS 7 reports it elsewhere and completes downstream, where completion is taken for success.
 */
export function feed<T, R>(source: Observable<T>, subscriber: Subscriber<R>, handlers: Handlers<T>): void {
  source.subscribe(new HandlerSubscriber(subscriber, handlers));
}

class HandlerSubscriber<T, R> extends Subscriber<T> {
  constructor(
    private readonly subscriber: Subscriber<R>,
    private readonly handlers: Handlers<T>,
  ) {
    // The base class adds this to the subscriber, so that unsubscribing it reaches the source even while it emits.
    super(subscriber as Subscriber<unknown>);
  }

  // As `guard`, without a function for each value.
  protected override _next(value: T): void {
    try {
      this.handlers.next(value);
    } catch (cause) {
      this.subscriber.error(cause);
    }
  }

  protected override _error(cause: unknown): void {
    this.guard(() => (this.handlers.error ? this.handlers.error(cause) : this.subscriber.error(cause)));
    this.unsubscribe();
  }

  protected override _complete(): void {
    this.guard(() => (this.handlers.complete ? this.handlers.complete() : this.subscriber.complete()));
    this.unsubscribe();
  }

  private guard(run: () => void): void {
    try {
      run();
    } catch (cause) {
      this.subscriber.error(cause);
    }
  }
}
