import { type Observable, of } from 'rxjs';
import type { Batch, Delivery } from '../../src/core/delivery.ts';
import type { Priority } from '../../src/core/priority.ts';
import { batch } from '../../src/operators/batch.ts';
import { circuitBreak } from '../../src/operators/circuitBreak.ts';
import { handle } from '../../src/operators/handle.ts';
import { limitRate } from '../../src/operators/limitRate.ts';
import { mergeByPriority } from '../../src/operators/mergeByPriority.ts';
import { prioritize } from '../../src/operators/prioritize.ts';

// Compiled by the type check, never run.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(check: Same<A, B>): void;
/** What an Observable carries. */
type Of<O> = O extends Observable<infer T> ? T : never;

interface Order {
  readonly qty: number;
}
interface Alert {
  readonly text: string;
}
declare const orders: Observable<Delivery<Order>>;
declare const alerts: Observable<Delivery<Alert>>;
declare const ticks: Observable<number>;
declare function tierOf(value: unknown): Priority;

export function mergedTypes() {
  const byTier = mergeByPriority({ critical: alerts, low: orders });
  same<Of<typeof byTier>, Delivery<Alert> | Delivery<Order>>(true);
  const plain = mergeByPriority({ high: ticks, normal: ['a', 'b'], low: Promise.resolve(true) });
  same<Of<typeof plain>, number | string | boolean>(true);
  const array = mergeByPriority([ticks, of('a')], { priorityOf: (value) => tierOf(value.toString()) });
  same<Of<typeof array>, number | string>(true);
  const deliveries = mergeByPriority([alerts, orders], { priorityOf: ({ data }) => ('qty' in data ? 'low' : 'high') });
  same<Of<typeof deliveries>, Delivery<Alert> | Delivery<Order>>(true);
  // @ts-expect-error no such tier
  mergeByPriority({ urgent: ticks });
  // @ts-expect-error no tier
  mergeByPriority([ticks], { priorityOf: () => 'urgent' });
  // @ts-expect-error no source
  mergeByPriority({ low: 3 });
}

export function keptTypes() {
  const kept = orders.pipe(
    prioritize({ priorityOf: ({ qty }, { priority }) => (qty > 100 ? 'high' : priority) }),
    limitRate({ rate: 5 }),
  );
  same<Of<typeof kept>, Delivery<Order>>(true);
  const batches = orders.pipe(batch({ maxSize: 5 }), limitRate({ rate: 5 }));
  same<Of<typeof batches>, Batch<Order>>(true);
  // @ts-expect-error no such field
  orders.pipe(prioritize({ priorityOf: ({ amount }) => tierOf(amount) }));
}

export function brokenTypes() {
  const handled = orders.pipe(circuitBreak(handle(({ qty }: Order) => `${qty}`)));
  same<Of<typeof handled>, Delivery<string>>(true);
  // @ts-expect-error it is no operator over orders
  orders.pipe(circuitBreak(handle((text: string) => text)));
}
