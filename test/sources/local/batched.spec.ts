import { expect } from 'chai';
import { map, type Observable, range, Subject, tap } from 'rxjs';
import type { Delivery } from '../../../src/core/delivery.ts';
import { batch } from '../../../src/operators/batch.ts';
import { fromObservable } from '../../../src/sources/fromObservable.ts';
import { VirtualTime } from '../../support/virtualTime.ts';

describe('fromObservable into batches', () => {
  it('lets a batch close that holds all its credit, or all that is left of its input', () => {
    const batches = (input: Observable<number>) => {
      const got: (readonly number[])[] = [];
      let completed = false;
      fromObservable(input, { credit: 2 })
        .pipe(batch({ maxSize: 10 }))
        .subscribe({
          next: (delivery) => {
            got.push(delivery.data);
            delivery.ack();
          },
          complete: () => {
            completed = true;
          },
        });
      return { got, completed };
    };
    expect(batches(range(1, 5))).to.deep.equal({ got: [[1, 2], [3, 4], [5]], completed: true });
    const many = batches(range(1, 100_000));
    expect([many.got.length, many.completed]).to.deep.equal([50_000, true]);
  });

  it('takes a delivery that has settled for kept back no longer', () => {
    const input = new Subject<string>();
    const out: Delivery<string>[] = [];
    let exhausted = 0;
    const holder = { exhausted: () => void exhausted++ };
    const hold = (delivery: Delivery<string>) => {
      for (const duty of delivery.duty.roots) duty.origin.hold?.(duty, holder);
    };
    fromObservable(input, { credit: 2 }).subscribe((delivery) => void out.push(delivery));
    for (const letter of ['a', 'b', 'c']) input.next(letter);
    const [a, b, c] = [out[0], out[1], () => out[2]] as [Delivery<string>, Delivery<string>, () => Delivery<string>];
    hold(a);
    a.ack();
    hold(b);
    expect(exhausted).to.equal(0);
    hold(c());
    expect(exhausted).to.equal(1);
  });

  it('hands a batch its retried members again after its input has ended', () => {
    const scheduler = new VirtualTime();
    scheduler.run(({ cold, expectObservable }) => {
      const batches = fromObservable(cold<string>('(ab|)')).pipe(
        batch({ maxSize: 3 }),
        tap((delivery) => void (delivery.attempt === 1 ? delivery.retry({ delayMs: 4 }) : delivery.ack())),
        map(({ data, attempt }) => `${data.join('')}${attempt}`),
      );
      expectObservable(batches).toBe('a---(b|)', { a: 'ab1', b: 'ab2' });
    });
  });
});
