import { map, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { Delivery } from '../../src/core/delivery.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { VirtualTime } from './virtualTime.ts';

export interface DeliveryMarbles extends RunHelpers {
  readonly source: TestSource;
  /** Makes a delivery of each letter: the letter is its data, `<letter>.topic` its topic. */
  deliveries(letters: Observable<string>): Observable<Delivery<string>>;
  /** What an Observable of deliveries carries, to compare with marbles. */
  dataOf<T>(deliveries: Observable<Delivery<T>>): Observable<T>;
}

/** Runs a test in virtual time. */
export function deliveryMarbles(test: (marbles: DeliveryMarbles) => void): void {
  const scheduler = new VirtualTime();
  const source = new TestSource(scheduler);
  scheduler.run((helpers) =>
    test({
      ...helpers,
      source,
      deliveries: (letters) => letters.pipe(map((letter) => source.deliver(letter, { topic: `${letter}.topic` }))),
      dataOf: (deliveries) => deliveries.pipe(map(({ data }) => data)),
    }),
  );
}
