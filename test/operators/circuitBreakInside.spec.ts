import { expect } from 'chai';
import { filter, from, map, merge, NEVER, type OperatorFunction, of, pipe, Subject, timer } from 'rxjs';
import { Batch, type Delivery } from '../../src/core/delivery.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { batch } from '../../src/operators/batch.ts';
import { type CircuitBreakOptions, circuitBreak } from '../../src/operators/circuitBreak.ts';
import { handle } from '../../src/operators/handle.ts';
import { splitData } from '../../src/operators/splitData.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { CreditSource } from '../support/creditSource.ts';
import { eventually } from '../support/eventually.ts';
import { FailingService } from '../support/failingService.ts';
import { virtualRun } from '../support/virtualRun.ts';

const QUICK: CircuitBreakOptions = { minimum: 2, coolDownMs: 20, concurrency: 1 };
const letters = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

describe('circuitBreak, and what becomes of a delivery inside', () => {
  it('counts what happens inside alone, not what becomes of it behind', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    input.pipe(circuitBreak((inside) => inside, QUICK)).subscribe((delivery) => delivery.fail(new Error('behind')));
    for (const letter of letters(9)) input.next(source.deliver(letter));
    expect(source.log.filter((line) => line.startsWith('fail'))).length(9);
  });

  it('takes for an answer the first that is derived of it, a part or a batch that it is in: its place is free', async () => {
    type Inside = OperatorFunction<Delivery<string>, Delivery<unknown>>;
    const splits: Inside = splitData((data) => [data, data]);
    const batches: Inside = batch({ maxSize: 3 });
    for (const [inside, count] of [
      [splits, 18],
      [batches, 3],
    ] as const) {
      const source = new TestSource();
      let out = 0;
      from(letters(9))
        .pipe(
          map((letter) => source.deliver(letter)),
          circuitBreak(inside, { ...QUICK, concurrency: 3 }),
        )
        .subscribe(() => {
          out += 1;
        });
      await eventually(() => expect(out).equal(count));
      expect(source.log).deep.equal([]);
    }
  });

  it('frees the place of one that others settle, and waits for another probe', () =>
    virtualRun(({ source, flush, at }) => {
      const input = new Subject<Delivery<string>>();
      const inside: Delivery<string>[] = [];
      const silent: OperatorFunction<Delivery<string>, Delivery<string>> = (entered) =>
        entered.pipe(
          filter((delivery) => {
            inside.push(delivery);
            return false;
          }),
        );
      input.pipe(circuitBreak(silent, QUICK)).subscribe();
      const given = letters(6).map((letter) => source.deliver(letter));
      for (const delivery of given) input.next(delivery);
      const inTurn: readonly [number, () => void][] = [
        [1, () => inside[0]?.fail(new Error('down'))],
        [2, () => given[1]?.release()],
        [3, () => inside[2]?.fail(new Error('down'))],
        [24, () => given[3]?.release()],
        [25, () => inside[4]?.ack()],
      ];
      for (const [ms, run] of inTurn) at(ms, run);
      flush();
      expect(inside.map(({ data }) => data)).deep.equal(letters(6));
      expect(source.log.map((line) => line.split(' ')[0])).deep.equal(['fail', 'release', 'fail', 'release', 'ack']);
    }));

  it('closes a batch inside whose members are all that may be there', () =>
    virtualRun(({ flush }) => {
      const source = new CreditSource(100);
      const sizes: number[] = [];
      let down = true;
      const write = pipe(
        batch<string>({ maxSize: 50 }),
        handle((members: readonly string[]) => {
          sizes.push(members.length);
          if (down) throw new Error('down');
        }),
      );
      timer(10).subscribe(() => {
        down = false;
      });
      merge(from(letters(12)).pipe(map((letter) => source.deliver(letter))), NEVER)
        .pipe(circuitBreak(write, { ...QUICK, minimum: 3, concurrency: 3 }), acknowledge())
        .subscribe();
      flush();
      // Three fail and open it; a probe alone makes a batch; then they come by threes.
      expect(sizes).deep.equal([3, 1, 3, 3]);
    }));

  it('closes such a batch also when the other probes have ended elsewhere', () =>
    virtualRun(({ flush }) => {
      const source = new CreditSource(100);
      const sizes: number[] = [];
      let down = true;
      const write = pipe(
        batch<string>({ maxSize: 50 }),
        handle((members: readonly string[]) => void sizes.push(members.length)),
      );
      const inside: OperatorFunction<Delivery<string>, Delivery<unknown>> = (entered) =>
        entered.pipe(
          handle(
            (data: string) => {
              if (down) throw new Error('down');
              return timer(data === '3' ? 9 : 1).pipe(map(() => data));
            },
            { concurrency: 9 },
          ),
          filter((delivery) => delivery.data !== '3' || !delivery.ack()),
          write,
        );
      timer(10).subscribe(() => {
        down = false;
      });
      merge(from(letters(4)).pipe(map((letter) => source.deliver(letter))), NEVER)
        .pipe(circuitBreak(inside, { ...QUICK, concurrency: 3, probes: 2 }), acknowledge())
        .subscribe();
      flush();
      expect([sizes, source.unsettled]).deep.equal([[1], []]);
    }));

  it('leaves the verdicts on what has come out as they are, also while it is open', () =>
    virtualRun(({ source, flush, at }) => {
      const service = new FailingService();
      const out: Delivery<string>[] = [];
      from(letters(3))
        .pipe(
          map((letter) => source.deliver(letter)),
          circuitBreak(service.handle(), { ...QUICK, minimum: 1, failureRate: 0.1 }),
        )
        .subscribe((delivery) => out.push(delivery));
      at(1, () => {
        service.down = true;
      });
      at(5, () => out[0]?.fail(new Error('behind')));
      at(6, () => expect(source.log).deep.equal(['fail 1: down', 'fail 0: behind']));
      flush();
    }));

  it('keeps a batch a batch', () => {
    const source = new TestSource();
    const seen: unknown[] = [];
    of(Batch.of([source.deliver('a'), source.deliver('b')]))
      .pipe(circuitBreak<Batch<string>, Batch<string>>((inside) => inside))
      .subscribe((each) => {
        seen.push(each instanceof Batch && each.members.length);
        each.ack();
      });
    expect([seen, source.log]).deep.equal([[2], ['ack a', 'ack b']]);
  });
});
