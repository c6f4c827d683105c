import { expect } from 'chai';
import { EMPTY, Observable, of, Subject } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import type { RootDuty } from '../../src/core/duty.ts';
import type { Verdict } from '../../src/core/outcome.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { handle } from '../../src/operators/handle.ts';
import { TestSource } from '../../src/testing/testSource.ts';

/** Gives out the next number when one settles, within that call: the worst a source could do. */
class EagerSource extends TestSource {
  readonly deliveries = new Subject<Delivery<number>>();
  private given = 0;

  constructor(private readonly last: number) {
    super();
  }

  give(): void {
    if (this.given < this.last) this.deliveries.next(this.deliver(this.given++));
    else this.deliveries.complete();
  }

  override settle(duty: RootDuty, verdict: Verdict): void {
    super.settle(duty, verdict);
    this.give();
  }
}

describe('handle, and settlement', () => {
  it('drops a delivery that others settle while it runs or waits', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    const handled: string[] = [];
    const seen: string[] = [];
    const answers = new Subject<string>();
    const handler = (letter: string) => {
      handled.push(letter);
      return letter === 'a' ? answers : letter;
    };
    input.pipe(handle(handler)).subscribe({ next: ({ data }) => seen.push(data), complete: () => seen.push('|') });
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => source.deliver(letter));
    for (const delivery of [a, b, c]) input.next(delivery as Delivery<string>);
    a?.retry();
    b?.release();
    input.complete();
    answers.next('A');
    answers.complete();
    expect(handled).deep.equal(['a', 'c']);
    expect(seen).deep.equal(['c', '|']);
    expect(source.log).deep.equal(['retry a 0', 'release b']);
  });

  it('handles what was settled before it came: at most once', () => {
    const source = new TestSource();
    const seen: string[] = [];
    of(source.deliver('a'))
      .pipe(
        acknowledge(),
        handle((letter) => letter.toUpperCase()),
      )
      .subscribe(({ data }) => seen.push(data));
    expect(seen).deep.equal(['A']);
    expect(source.log).deep.equal(['ack a']);
  });

  it('ignores a late answer for it, too', async () => {
    const seen: unknown[] = [];
    let answer = (_: string): void => {};
    const late = new Promise<string>((resolve) => {
      answer = resolve;
    });
    await new Promise<void>((complete) =>
      of(new TestSource().deliver('a'))
        .pipe(
          acknowledge(),
          handle(() => late, { timeoutMs: 1 }),
        )
        .subscribe({ next: ({ data }) => seen.push(data), complete }),
    );
    answer('late');
    await late;
    expect(seen).deep.equal([]);
  });

  it('keeps order and stack when settling brings the next delivery at once', () => {
    const source = new EagerSource(200_000);
    const seen: number[] = [];
    source.deliveries.pipe(handle((n) => n)).subscribe((delivery) => {
      seen.push(delivery.data);
      delivery.ack();
    });
    source.give();
    expect(seen.length).equal(200_000);
    expect(seen.every((n, i) => n === i)).equal(true);
  });

  it('keeps the stack when failing brings the next delivery at once', () => {
    const source = new EagerSource(20_000);
    let completed = false;
    const handler = () => {
      throw new Error('no');
    };
    source.deliveries.pipe(handle(handler, { concurrency: 8 })).subscribe({ complete: () => (completed = true) });
    source.give();
    expect(completed).equal(true);
    expect(source.settlements).length(20_000);
  });

  it('handles a million deliveries of a synchronous source', () => {
    const source = new TestSource();
    let count = 0;
    const million = new Observable<Delivery<number>>((subscriber) => {
      const delivery = source.deliver(1);
      for (let i = 0; i < 1_000_000; i++) subscriber.next(delivery);
      subscriber.complete();
    });
    million.pipe(handle((n, { attempt }) => n + attempt)).subscribe(() => (count += 1));
    expect(count).equal(1_000_000);
  });

  it('handles a hundred thousand that wait for one Promise after the other', async () => {
    const source = new TestSource();
    let count = 0;
    const delivery = source.deliver(1);
    const many = new Observable<Delivery<number>>((subscriber) => {
      for (let i = 0; i < 100_000; i++) subscriber.next(delivery);
      subscriber.complete();
    });
    await new Promise<void>((complete) =>
      many.pipe(handle(async (n) => n)).subscribe({ next: () => (count += 1), complete }),
    );
    expect(count).equal(100_000);
  });

  it('runs as many at once as it may, never more, however handlers end', async () => {
    const source = new EagerSource(1_000);
    let running = 0;
    let most = 0;
    const handler = async (n: number) => {
      running += 1;
      most = Math.max(most, running);
      for (let i = 0; i <= n % 5; i++) await Promise.resolve();
      running -= 1;
      if (n % 3 === 0) throw new Error('no');
    };
    await new Promise<void>((complete) => {
      const handled = source.deliveries.pipe(handle(handler, { concurrency: 3 }));
      handled.subscribe({ next: (delivery) => delivery.ack(), complete });
      for (let i = 0; i < 10; i++) source.give();
    });
    expect(most).equal(3);
    expect(source.settlements).length(1_000);
  });

  it('passes on one at a time, when what was waited for brings the next at once', async () => {
    const source = new EagerSource(3);
    const seen: string[] = [];
    const handler = (n: number) => (n === 0 ? Promise.resolve(n) : n);
    await new Promise<void>((complete) => {
      const next = (delivery: Delivery<number>): void => {
        seen.push(`${delivery.data} begins`);
        delivery.ack();
        seen.push(`${delivery.data} ends`);
      };
      source.deliveries.pipe(handle(handler)).subscribe({ next, complete });
      source.give();
    });
    expect(seen).deep.equal(['0 begins', '0 ends', '1 begins', '1 ends', '2 begins', '2 ends']);
  });

  it('emits nothing for EMPTY but the delivery itself', () => {
    const delivery = new TestSource().deliver('a');
    const seen: Delivery[] = [];
    of(delivery)
      .pipe(handle(() => EMPTY))
      .subscribe((passed) => seen.push(passed));
    expect(seen).deep.equal([delivery]);
  });
});
