import { Observable } from 'rxjs';
import type { Delivery } from '../../core/delivery.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import { type FromObservableOptions, fromObservable } from '../../sources/fromObservable.ts';

/** Options of deliveries; nothing is pushed, so there is no buffer. */
export type DeliveryOptions<T> = Omit<FromObservableOptions<T>, 'bufferSize' | 'overflow'>;

/**
 * What comes in pages. Cold: each subscription and each iteration walks anew.
 *
 *     deliveries({ credit }):  the next page is asked for as settlement gives credit back
 *     for await (… of pages):  as the loop comes round
 *     pages.subscribe(…):      as fast as the pages come: nothing tells how fast the subscriber is
 *
 * Order: the API's. Memory: two pages: the one that is being given out, and the next, asked for when half of the first is
 * out. Settlement of deliveries: local, as in `fromObservable`. Errors: those of the calls, after what came before.
 */
export class PagedSource<T> extends Observable<T> implements AsyncIterable<T> {
  constructor(
    private readonly name: string,
    private readonly walk: () => AsyncIterableIterator<T>,
    /** The most credit that makes sense: 1 where asking for the next says that the last is settled. */
    private readonly maxCredit = Infinity,
  ) {
    super((subscriber) => {
      const walking = walk();
      const run = async () => {
        for (let next = await walking.next(); !next.done; next = await walking.next()) {
          if (subscriber.closed) return;
          subscriber.next(next.value);
          if (subscriber.closed) return;
        }
        subscriber.complete();
      };
      run().catch((cause) => subscriber.error(cause));
      return () => void walking.return?.()?.catch(() => undefined);
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.walk();
  }

  /**
   * As deliveries: a settled one gives its credit back, and only credit asks for more.
   *
   * @example
   * dbnomics().series({ provider: 'ECB', dataset: 'EXR' }).deliveries({ credit: 32 }).pipe(handle(store));
   *
   * @throws {InvalidOptionError} if an option is out of its bounds
   */
  deliveries(options: DeliveryOptions<T> = {}): Observable<Delivery<T>> {
    const { name = this.name, credit = Math.min(256, this.maxCredit) } = options;
    if (credit > this.maxCredit) throw new InvalidOptionError('credit', credit, `${this.maxCredit} here`);
    const pulled: AsyncIterable<T> = { [Symbol.asyncIterator]: () => this.walk() };
    return fromObservable(pulled, { ...options, name, credit });
  }
}
