import type { OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';

/** One way out of a router: an operator over the deliveries that take it. */
export type Branch<T, R> = OperatorFunction<Delivery<T>, Delivery<R>>;
