import type { Bus, Delivery } from 'sluice';

/*
 * What the examples in docstrings take as given: the names that a reader would have. They are types only; an example is
 * compiled and never run.
 */

export interface Order {
  readonly id: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell' | 'short';
  readonly qty: number;
  readonly paid: boolean;
}

export interface PaidOrder extends Order {
  readonly paid: true;
}

export interface Tick {
  readonly symbol: string;
  readonly price: number;
}

export interface Reading {
  readonly room: string;
  readonly celsius: number;
}

export interface Invoice {
  readonly lines: readonly { readonly article: string; readonly amount: number }[];
}

export declare const bus: Bus;
export declare const readings: Iterable<Reading>;
export declare const database: { insert(rows: readonly unknown[]): Promise<void> };
export declare function book(data: unknown): Promise<void>;
export declare function price(data: unknown): Promise<void>;
export declare function reserve(order: Order): Promise<void>;
export declare function locate(order: Order): Promise<void>;
export declare function store(data: unknown): Promise<void>;
export declare function onTick(data: unknown): void;
export declare function url(data: unknown): string;
export declare const deliveries: import('rxjs').Observable<Delivery<Order>>;
