import type { OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { feed, operate } from '../internal/operate.ts';
import type { Branch } from './branch.ts';
import { Branches, type Router } from './branches.ts';

/**
 * Applies branches to what a router gives each, and merges what they emit. Completes once every branch has; an error,
 * of the source or of a branch, ends it at once.
 */
export function routeThrough<T, R>(
  branches: readonly Branch<T, R>[],
  router: Omit<Router<T>, 'refuse'>,
): OperatorFunction<Delivery<T>, Delivery<R>> {
  return operate((source, subscriber) => {
    const inputs = new Branches<T>({ ...router, refuse: (delivery, error) => delivery.fail(error) });
    subscriber.add(() => inputs.stop());
    // Downstream may settle, and so make the source emit, before the teardown has come round to it.
    const error = (cause: unknown) => {
      inputs.stop();
      subscriber.error(cause);
    };
    let open = branches.length;
    const complete = () => {
      open -= 1;
      if (open > 0) return;
      inputs.stop();
      subscriber.complete();
    };
    const next = (delivery: Delivery<R>) => subscriber.next(delivery);
    for (const [i, branch] of branches.entries()) {
      feed(branch(inputs.input(i)), subscriber, { next, error, complete });
    }
    if (!subscriber.closed) {
      feed(source, subscriber, { next: (delivery) => inputs.next(delivery), error, complete: () => inputs.complete() });
    }
    return () => inputs.release();
  });
}
