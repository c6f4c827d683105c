import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import { type MemoryStoreOptions, memoryStore } from '../../../../src/adapters/memory/index.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import { perPriority } from '../../../../src/core/priority.ts';
import type { Entry, EntryRef, Member, StoreRecord, TakeRequest } from '../../../../src/core/store.ts';

/** The value of a reply that comes before subscribe returns. */
export function now<T>(reply: Observable<T>): T {
  let value: { of: T } | undefined;
  let failure: { of: unknown } | undefined;
  reply.subscribe({
    next: (of) => {
      value = { of };
    },
    error: (of) => {
      failure = { of };
    },
  });
  if (failure) throw failure.of;
  if (!value) throw new Error('the reply did not come at once');
  return value.of;
}

/** `payload attempt` of each. */
export function told(entries: readonly Entry[]): string {
  return entries.map(({ payload, attempt }) => `${payload}${attempt}`).join(' ');
}

/** One stream `s` of a memory store with a group `g`, in short words. */
export class Stream {
  readonly store;

  constructor(options: MemoryStoreOptions = {}) {
    this.store = memoryStore(options);
    now(this.store.createGroup({ stream: 's', group: 'g', pattern: '*', start: 'earliest' }));
  }

  append(...payloads: string[]): readonly EntryRef[] {
    return now(this.store.append('s', payloads.map(record)));
  }

  join(consumer: string, leaseMs = 1_000_000): Member {
    const member = { stream: 's', group: 'g', consumer };
    now(this.store.join(member, leaseMs));
    return member;
  }

  /** What one take hands out, as told. */
  taking(member: Member, request: Partial<TakeRequest> = {}): Observable<string> {
    return this.take(member, request).pipe(map(told));
  }

  take(member: Member, request: Partial<TakeRequest> = {}): Observable<readonly Entry[]> {
    const whole = { member, credit: perPriority(() => 100), waitMs: 0, inHand: () => [], ...request };
    return this.store.take(whole).pipe(map(({ entries }) => entries));
  }

  settle(member: Member, entries: readonly Entry[], outcome: Outcome): void {
    const settlements = entries.map(({ priority, id, attempt }) => ({ priority, id, attempt, outcome }));
    now(this.store.settle(member, settlements));
  }
}

export function record(payload: string): StoreRecord {
  return { priority: 'normal', topic: 't', payload, type: '', encoding: 'json', meta: '' };
}
