import type { Observable } from 'rxjs';
import type { Bus, Delivery, Publisher } from 'sluice';
import { z } from 'zod';

/*
 * What the examples in docstrings take as given: what their reader has at hand. An example is compiled and never run.
 */

export const Order = z.object({
  id: z.string(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell', 'short']),
  qty: z.number(),
  paid: z.boolean(),
});

export type Order = z.output<typeof Order>;

export interface PaidOrder extends Order {
  readonly paid: true;
}

export const Invoice = z.object({ lines: z.array(z.object({ article: z.string(), amount: z.number() })) });

export const Observation = z.object({ series: z.string(), period: z.string(), value: z.number().nullable() });

interface Quote {
  readonly symbol: string;
  readonly price: number;
}

interface Reading {
  readonly room: string;
  readonly celsius: number;
}

export declare const bus: Bus;
export declare const publisher: Publisher;
export declare const observations: Iterable<z.output<typeof Observation>>;
export declare const orders: Observable<Delivery<Order>>;
export declare const quotes: Observable<Delivery<Quote>>;
export declare const readings: Iterable<Reading>;
export declare const database: { insert(rows: readonly unknown[]): Promise<void> };
export declare function book(data: unknown): Promise<void>;
export declare function change(data: unknown): Promise<void>;
export declare function locate(order: Order): Promise<void>;
export declare function onTick(data: unknown): void;
export declare function price(data: unknown): Promise<void>;
export declare function reserve(order: Order): Promise<void>;
export declare function store(data: unknown): Promise<void>;
export declare function url(data: unknown): string;
