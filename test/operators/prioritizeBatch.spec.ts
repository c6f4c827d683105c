import { expect } from 'chai';
import { concatMap, delay, from, merge, NEVER, of, Subject } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Priority } from '../../src/core/priority.ts';
import { batch } from '../../src/operators/batch.ts';
import { prioritize } from '../../src/operators/prioritize.ts';
import { splitData } from '../../src/operators/splitData.ts';
import type { TestSource } from '../../src/testing/testSource.ts';
import { CreditSource } from '../support/creditSource.ts';
import { eventually } from '../support/eventually.ts';
import { virtualRun } from '../support/virtualRun.ts';

const TIERS: Readonly<Record<string, Priority>> = { c: 'critical', h: 'high', n: 'normal', l: 'low' };

/** A delivery whose tier its first letter tells. */
function tiered(source: TestSource, data: string): Delivery<string> {
  return source.deliver(data, { priority: TIERS[data[0] as string] as Priority });
}

describe('prioritize, with a batch behind it', () => {
  const large = { maxSize: 100 };

  /** What each batch was made of, each acked some time later. */
  function batchesOf(count: number, maxInFlight: number, credit: number): readonly (readonly string[])[] {
    const seen: (readonly string[])[] = [];
    virtualRun(({ flush }) => {
      const source = new CreditSource(credit);
      const input = from(Array.from({ length: count }, (_, i) => tiered(source, `n${i}`)));
      merge(input, NEVER)
        .pipe(
          prioritize({ maxInFlight }),
          batch(large),
          concatMap((each) => of(each).pipe(delay(3))),
        )
        .subscribe((each) => {
          seen.push(each.data);
          each.ack();
        });
      flush();
    });
    return seen;
  }

  it('closes the batch when its members are all that may be in flight', () => {
    expect(batchesOf(10, 4, 50).map(({ length }) => length)).deep.equal([4, 4]);
  });

  it("leaves the batch to the source's credit when that is less", () => {
    expect(batchesOf(6, 10, 3).map(({ length }) => length)).deep.equal([3, 3]);
  });

  it('closes it when the rest of what is in flight is elsewhere, once that has settled', async () => {
    const source = new CreditSource(50);
    const input = new Subject<Delivery<string>>();
    const seen: unknown[] = [];
    const elsewhere = new Subject<Delivery<string>>();
    const batched = new Subject<Delivery<string>>();
    batched.pipe(batch(large)).subscribe(({ data }) => seen.push(data));
    input
      .pipe(prioritize({ maxInFlight: 3 }))
      .subscribe((delivery) => (delivery.data === 'n1' ? elsewhere : batched).next(delivery));
    const first = tiered(source, 'n1');
    input.next(first);
    for (const data of ['n2', 'n3', 'n4', 'n5']) input.next(tiered(source, data));
    expect(seen).deep.equal([]);
    first.ack();
    await eventually(() => expect(seen).deep.equal([['n2', 'n3', 'n4']]));
  });

  it('counts a delivery once, in however many parts it is kept back', () => {
    const source = new CreditSource(50);
    const seen: unknown[] = [];
    merge(of(tiered(source, 'nab'), tiered(source, 'ncd'), tiered(source, 'nef')), NEVER)
      .pipe(
        prioritize({ maxInFlight: 2 }),
        splitData((word) => [...word]),
        batch(large),
      )
      .subscribe(({ data }) => seen.push(data.join('')));
    expect(seen).deep.equal(['nabn']);
  });
});
