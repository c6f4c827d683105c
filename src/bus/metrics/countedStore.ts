import { type MonoTypeOperatorFunction, Observable, tap } from 'rxjs';
import { SluiceError } from '../../core/errors.ts';
import type { Entry, Member, Settlement, StoreRecord, StreamStore } from '../../core/store.ts';
import type { CallTimer } from '../../telemetry/busMeter.ts';
import type { SettledCounts, StoreBooks } from './storeBooks.ts';

type Counted = Pick<StreamStore, 'append' | 'schedule' | 'take' | 'settle' | 'renew' | 'join' | 'leave'>;

/**
 * A store whose calls are counted, a batch at a time: what a bus publishes and reads through. What its own code does is
 * left as it is, so that nothing is counted where a message passes.
 */
export function countedStore(store: StreamStore, books: StoreBooks, timer: CallTimer): StreamStore {
  const counted = countedCalls(store, books, timer);
  const known = new Map<PropertyKey, unknown>(Object.entries(counted));
  return new Proxy(store, {
    get(target, name) {
      if (known.has(name)) return known.get(name);
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const bound: unknown = value.bind(target);
      known.set(name, bound);
      return bound;
    },
  });
}

function countedCalls(store: StreamStore, books: StoreBooks, timer: CallTimer): Counted {
  const sizes = new Sizes();
  const watched = <T>(): MonoTypeOperatorFunction<T> =>
    tap({ error: (error) => books.failed(error instanceof SluiceError ? error.code : 'UNKNOWN') });
  const timed = <T>(operation: 'send' | 'settle', stream: string, call: Observable<T>): Observable<T> =>
    new Observable((subscriber) => {
      const done = timer(operation, stream);
      return call.pipe(tap({ complete: () => done(), error: (error) => done(error) })).subscribe(subscriber);
    });
  return {
    append: (stream, records, ...rest) =>
      timed('send', stream, store.append(stream, records, ...rest)).pipe(
        tap({ complete: () => books.appended(stream, ...amountOf(records)) }),
        watched(),
      ),
    schedule: (stream, records, ...rest) =>
      timed('send', stream, store.schedule(stream, records, ...rest)).pipe(
        tap({ complete: () => books.appended(stream, ...amountOf(records)) }),
        watched(),
      ),
    take: (request) =>
      store.take(request).pipe(
        tap((taken) => {
          const { stream, group } = request.member;
          books.taken(stream, group, taken, sizes.add(request.member, taken.entries));
        }),
        watched(),
      ),
    settle: (member, settlements, ...rest) =>
      timed('settle', member.stream, store.settle(member, settlements, ...rest)).pipe(
        tap({
          complete: () => {
            books.settled(member.stream, member.group, sizes.remove(member, settlements));
          },
        }),
        watched(),
      ),
    renew: (member, leaseMs) => store.renew(member, leaseMs).pipe(watched()),
    join: (member, ...rest) => store.join(member, ...rest).pipe(watched()),
    leave: (member) => store.leave(member).pipe(tap({ finalize: () => sizes.forget(member) }), watched()),
  };
}

/** How many messages records are, and how many bytes of payloads. */
function amountOf(records: readonly StoreRecord[]): readonly [messages: number, bytes: number] {
  let [messages, bytes] = [0, 0];
  for (const { payload, count } of records) {
    messages += count ?? 1;
    bytes += payload.length;
  }
  return [messages, bytes];
}

/** How many messages record batches hold that consumers have in hand: their settlement as a whole does not say. */
class Sizes {
  private readonly ofMembers = new Map<string, Map<string, number>>();

  /** How many messages they are. */
  add(member: Member, entries: readonly Entry[]): number {
    let messages = 0;
    for (const entry of entries) {
      const size = entry.parts?.length ?? entry.count ?? 1;
      messages += size;
      if (entry.count !== undefined) this.of(member).set(`${entry.priority}:${entry.id}`, size);
    }
    return messages;
  }

  /** How many messages were settled, by outcome. */
  remove({ consumer }: Member, settlements: readonly Settlement[]): SettledCounts {
    const sizes = this.ofMembers.get(consumer);
    const counts = { ack: 0, retry: 0, release: 0, reject: 0 };
    for (const { priority, id, parts, outcome } of settlements) {
      let size = parts?.indexes.length ?? 1;
      if (sizes && !parts) {
        const name = `${priority}:${id}`;
        size = sizes.get(name) ?? 1;
        sizes.delete(name);
      }
      counts[outcome.kind] += size;
    }
    return counts;
  }

  forget(member: Member): void {
    this.ofMembers.delete(member.consumer);
  }

  private of({ consumer }: Member): Map<string, number> {
    const sizes = this.ofMembers.get(consumer) ?? new Map<string, number>();
    this.ofMembers.set(consumer, sizes);
    return sizes;
  }
}
