import { type } from 'arktype';
import type { Observable } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import type { Batch, Delivery } from '../../src/core/delivery.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { batch } from '../../src/operators/batch.ts';
import { type Handled, handle } from '../../src/operators/handle.ts';
import { handleInThreads } from '../../src/operators/handleInThreads.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { splitData } from '../../src/operators/splitData.ts';
import type { ThreadContext } from '../../src/operators/threads/threadTask.ts';
import { validate } from '../../src/operators/validate.ts';
import { where } from '../../src/operators/where.ts';

// Compiled by the type check, never run.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(check: Same<A, B>): void;
/** What a chain of deliveries carries. */
type Data<O> = O extends Observable<Delivery<infer T>> ? T : never;

interface Order {
  readonly id: string;
  readonly qty: number;
}
interface Paid extends Order {
  readonly paid: true;
}
declare const orders: Observable<Delivery<Order>>;
declare const unknowns: Observable<Delivery>;
declare function later<T>(value: T): Promise<T>;
declare function stream<T>(value: T): Observable<T>;
declare function isPaid(order: Order): order is Paid;

export function handledTypes() {
  same<Handled<Order, number>, number>(true);
  same<Handled<Order, void>, Order>(true);
  same<Handled<Order, undefined>, Order>(true);
  same<Handled<Order, never>, never>(true);
  same<Handled<Order, unknown>, unknown>(true);
  same<Handled<Order, null>, null>(true);
  same<Handled<Order, number | undefined>, number | Order>(true);
  // biome-ignore lint/suspicious/noExplicitAny: what any becomes is the question
  same<Handled<Order, any>, any>(true);
}

export function handleTypes() {
  const sync = orders.pipe(handle((order) => order.qty));
  same<Data<typeof sync>, number>(true);
  const promised = orders.pipe(handle(async (order) => order.id));
  same<Data<typeof promised>, string>(true);
  const streamed = orders.pipe(handle((order) => stream(order.id)));
  same<Data<typeof streamed>, string>(true);
  const mixed = orders.pipe(handle((order) => (order.qty > 1 ? order.qty : later(order.id))));
  same<Data<typeof mixed>, number | string>(true);

  const silent = orders.pipe(handle(() => {}));
  same<Data<typeof silent>, Order>(true);
  const silentPromise = orders.pipe(handle(async () => {}));
  same<Data<typeof silentPromise>, Order>(true);
  const sometimes = orders.pipe(handle((order) => (order.qty > 1 ? order.id : undefined)));
  same<Data<typeof sometimes>, string | Order>(true);
  const sometimesPromised = orders.pipe(handle(async (order) => (order.qty > 1 ? order.id : undefined)));
  same<Data<typeof sometimesPromised>, string | Order>(true);

  const told = orders.pipe(
    handle((_, { message, attempt, signal }) => [message.data.id, attempt, signal.aborted] as const),
  );
  same<Data<typeof told>, readonly [string, number, boolean]>(true);
  const batched = orders.pipe(
    batch({ maxSize: 2 }),
    handle((members) => members.map(({ id }) => id)),
  );
  same<Data<typeof batched>, string[]>(true);

  // @ts-expect-error: the data are not what the handler takes
  orders.pipe(handle((text: string) => text.length));
  // @ts-expect-error: the data are not known; validate them first
  unknowns.pipe(handle((order: Order) => order.id));
  handle(() => {}, { concurrency: { max: 5, onScale: ({ from, to, reason }) => [from, to, reason === 'backlog'] } });

  // @ts-expect-error: concurrency is a number or a range
  handle(() => {}, { concurrency: 'many' });
  // @ts-expect-error: a range has an upper end
  handle(() => {}, { concurrency: { min: 1 } });
}

export function handleInThreadsTypes() {
  const module = new URL('./price.js', import.meta.url);
  const price = (_: Order, { message, attempt, trace }: ThreadContext<Order>) =>
    later([message.data.id, attempt, trace['traceparent']] as const);
  const priced = orders.pipe(handleInThreads<typeof price>(module));
  same<Data<typeof priced>, readonly [string, number, string | undefined]>(true);
  const store = (order: Order) => void order;
  const stored = orders.pipe(handleInThreads<typeof store>(module, { threads: 2, timeoutMs: 5 }));
  same<Data<typeof stored>, Order>(true);
  const untyped = orders.pipe(handleInThreads('./price.js'));
  same<Data<typeof untyped>, unknown>(true);

  // @ts-expect-error: the data are not known; validate them first
  unknowns.pipe(handleInThreads<typeof price>(module));
  // @ts-expect-error: a function can't be passed to a thread; its module can
  handleInThreads(price);
}

export function validateTypes() {
  const byZod = unknowns.pipe(validate(z.object({ id: z.string(), at: z.coerce.date() })));
  same<Data<typeof byZod>, { id: string; at: Date }>(true);
  const byValibot = unknowns.pipe(validate(v.object({ id: v.string() })));
  same<Data<typeof byValibot>, { id: string }>(true);
  const byArktype = unknowns.pipe(validate(type({ id: 'string' })));
  same<Data<typeof byArktype>, { id: string }>(true);
  const handled = unknowns.pipe(
    validate(z.object({ id: z.string() })),
    handle(({ id }) => id.length),
  );
  same<Data<typeof handled>, number>(true);

  // @ts-expect-error: a function is no schema
  validate((data: unknown) => data);
}

export function otherTypes() {
  const mapped = orders.pipe(mapData((order, { topic }) => [order.qty, topic] as const));
  same<Data<typeof mapped>, readonly [number, string]>(true);
  const narrowed = orders.pipe(where(isPaid));
  same<Data<typeof narrowed>, Paid>(true);
  const kept = orders.pipe(where((order) => order.qty > 1, { otherwise: 'reject' }));
  same<Data<typeof kept>, Order>(true);
  const parts = orders.pipe(splitData((order) => new Set([order.qty])));
  same<Data<typeof parts>, number>(true);
  const batches = orders.pipe(batch({ maxSize: 2, maxBytes: 9, sizeOf: ({ id }) => id.length }));
  same<typeof batches, Observable<Batch<Order>>>(true);
  const acked = orders.pipe(batch({ maxSize: 2 }), acknowledge());
  same<typeof acked, Observable<Batch<Order>>>(true);

  // @ts-expect-error: a Promise is always true
  orders.pipe(where(async (order) => order.qty > 1));
  // @ts-expect-error: maxSize is required
  batch({ withinMs: 5 });
  // @ts-expect-error: a number is no iterable
  orders.pipe(splitData((order) => order.qty));
}
