import { firstValueFrom, lastValueFrom, type Observable } from 'rxjs';
import type { Outcome } from '../../../src/core/outcome.ts';
import { type PerPriority, type Priority, perPriority } from '../../../src/core/priority.ts';
import type { Entry, Member, StoreRecord, StreamStore, Taken, TakeRequest } from '../../../src/core/store.ts';

/** The stream of these tests. */
export const STREAM = 'main.0';

/** A member of the group `g`, by consumer. */
export function member(consumer = 'c1'): Member {
  return { stream: STREAM, group: 'g', consumer };
}

/** A record whose payload is its name. */
export function record(payload: string, priority: Priority = 'normal'): StoreRecord {
  return { priority, topic: 'a.b', payload, type: '', encoding: 'json', meta: '' };
}

export function credit(each: number): PerPriority<number> {
  return perPriority(() => each);
}

/** One take, not subscribed yet. */
export function taking(store: StreamStore, request: Partial<TakeRequest> = {}): Observable<Taken> {
  return store.take({ member: member(), credit: credit(100), waitMs: 0, inHand: () => [], ...request });
}

export function take(store: StreamStore, request: Partial<TakeRequest> = {}): Promise<Taken> {
  return firstValueFrom(taking(store, request));
}

/** Waits for a call that gives no value of interest. */
export async function done(call: Observable<unknown>): Promise<void> {
  await lastValueFrom(call, { defaultValue: undefined });
}

/** Makes the group `g` and joins it. */
export async function enter(store: StreamStore, who = member(), leaseMs = 60_000): Promise<void> {
  await done(store.createGroup({ stream: STREAM, group: 'g', pattern: '*', start: 'earliest' }));
  await done(store.join(who, leaseMs));
}

export function settle(store: StreamStore, entry: Entry, outcome: Outcome, who = member()): Promise<void> {
  const { priority, id, attempt } = entry;
  return done(store.settle(who, [{ priority, id, attempt, outcome }]));
}

export function textOf({ payload }: { payload: string | Uint8Array }): string {
  return Buffer.from(payload as Uint8Array).toString('utf8');
}

/** The error of a call that must fail. */
export async function failure(call: Observable<unknown>): Promise<Error> {
  try {
    await done(call);
  } catch (error) {
    return error as Error;
  }
  throw new Error('the call succeeded');
}
