import { expect } from 'chai';
import { Observable, Subject, takeUntil, tap } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Branch } from '../../src/operators/branch.ts';
import { routeThrough } from '../../src/operators/routeThrough.ts';
import { TestSource } from '../../src/testing/testSource.ts';

const ack: Branch<number, number> = tap((delivery) => delivery.ack());

const oddAndEven = (odd: Branch<number, number>, even: Branch<number, number>) =>
  routeThrough<number, number>([even, odd], {
    names: ['even', 'odd'],
    choose: ({ data }) => [data % 2],
    settle: (delivery) => void delivery.ack(),
  });

/** Emits the next delivery as soon as one is settled: a source with a credit of one. */
class EagerSource extends TestSource {
  emitted = 0;
  private readonly out = new Subject<Delivery<number>>();

  readonly deliveries = new Observable<Delivery<number>>((subscriber) => {
    const subscription = this.out.subscribe(subscriber);
    this.emit();
    return subscription;
  });

  constructor(private readonly count: number) {
    super();
  }

  override settle(...args: Parameters<TestSource['settle']>): void {
    super.settle(...args);
    this.emit();
  }

  private emit(): void {
    if (this.emitted < this.count) this.out.next(this.deliver(this.emitted++));
    else this.out.complete();
  }
}

describe('routeThrough, with a source that emits as soon as something settles', () => {
  it('keeps the order', () => {
    const source = new EagerSource(6);
    const seen: string[] = [];
    const noted: Branch<number, number> = tap((delivery) => {
      seen.push(`in ${delivery.data}`);
      delivery.ack();
      seen.push(`out ${delivery.data}`);
    });
    source.deliveries.pipe(oddAndEven(noted, noted)).subscribe();
    expect(seen).deep.equal([0, 1, 2, 3, 4, 5].flatMap((n) => [`in ${n}`, `out ${n}`]));
  });

  it('does not overflow the stack', () => {
    const source = new EagerSource(100_000);
    let received = 0;
    let completed = false;
    source.deliveries.pipe(oddAndEven(ack, ack)).subscribe({
      next: ({ data }) => expect(data).equal(received++),
      complete: () => {
        completed = true;
      },
    });
    expect(received).equal(100_000);
    expect(completed).equal(true);
    expect(source.settlements).length(100_000);
  });

  it('releases what came meanwhile when it is unsubscribed', () => {
    const source = new EagerSource(10);
    const stop = new Subject<void>();
    const stopping: Branch<number, number> = tap((delivery) => delivery.ack() && stop.next());
    source.deliveries.pipe(oddAndEven(stopping, ack), takeUntil(stop)).subscribe();
    expect(source.log).deep.equal(['ack 0', 'ack 1', 'release 2']);
  });

  it('holds what comes while it is torn down until the source has been unsubscribed', () => {
    const source = new EagerSource(Number.POSITIVE_INFINITY);
    const held: Delivery<number>[] = [];
    // A branch that gives back what it holds, as every operator does: each release makes the source emit.
    const holding: Branch<number, number> = (input) =>
      new Observable(() => {
        const subscription = input.subscribe((delivery) => held.push(delivery));
        return () => {
          subscription.unsubscribe();
          for (const delivery of held.splice(0)) delivery.release();
        };
      });
    const subscription = source.deliveries.pipe(oddAndEven(holding, holding)).subscribe();
    subscription.unsubscribe();
    expect(source.log).deep.equal(['release 0', 'release 1']);
  });
});
