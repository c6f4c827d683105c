import { expect } from 'chai';
import fc from 'fast-check';
import { delay, map, type Observable, of, timer } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { PRIORITIES } from '../../src/core/priority.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { batch } from '../../src/operators/batch.ts';
import { circuitBreak } from '../../src/operators/circuitBreak.ts';
import { handle } from '../../src/operators/handle.ts';
import { limitRate } from '../../src/operators/limitRate.ts';
import { mergeByPriority } from '../../src/operators/mergeByPriority.ts';
import { prioritize } from '../../src/operators/prioritize.ts';
import { splitData } from '../../src/operators/splitData.ts';
import { fromObservable } from '../../src/sources/fromObservable.ts';
import { virtualRun } from '../support/virtualRun.ts';

type Stage = (source: Observable<Delivery<unknown>>) => Observable<Delivery<unknown>>;

const few = fc.integer({ min: 1, max: 6 });
const policy = fc.constantFrom('strict' as const, 'weighted' as const);

const simple: fc.Arbitrary<Stage> = fc.oneof(
  fc.record({ maxInFlight: few, policy }).map((options) => prioritize<unknown>(options)),
  fc.record({ maxInFlight: few, policy }).map(
    (options): Stage =>
      (source) =>
        mergeByPriority([source], options),
  ),
  few.map((rate) => limitRate<Delivery<unknown>>({ rate: rate * 100 })),
  fc.record({ maxSize: fc.integer({ min: 1, max: 20 }) }).map(
    (options): Stage =>
      (source) =>
        source.pipe(batch(options)),
  ),
  few.map(
    (parts): Stage =>
      (source) =>
        source.pipe(splitData((data) => Array.from({ length: parts }, () => data))),
  ),
  fc.record({ concurrency: few, ms: fc.nat({ max: 3 }) }).map(({ concurrency, ms }): Stage => {
    const work = (data: unknown) => (ms === 0 ? data : of(data).pipe(delay(ms)));
    return (source) => source.pipe(handle(work, { concurrency })) as Observable<Delivery<unknown>>;
  }),
);
const stage = fc.oneof(
  { weight: 4, arbitrary: simple },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.array(simple, { maxLength: 2 }), few)
      .map(([inside, concurrency]): Stage => circuitBreak((source) => chain(source, inside), { concurrency })),
  },
);

function chain(source: Observable<Delivery<unknown>>, stages: readonly Stage[]): Observable<Delivery<unknown>> {
  return stages.reduce((inner, next) => next(inner), source);
}

describe('operators that hold deliveries back, in any order', () => {
  it('let everything through: none waits for another for ever', () => {
    const setting = fc.record({ stages: fc.array(stage, { maxLength: 5 }), credit: few, count: fc.nat({ max: 30 }) });
    fc.assert(
      fc.property(setting, ({ stages, credit, count }) =>
        virtualRun(({ flush }) => {
          let completed = false;
          const values = Array.from({ length: count }, (_, i) => i);
          const source = fromObservable(values, { credit, priority: (i) => PRIORITIES[i % 4] as 'low' });
          let acked = 0;
          source
            .pipe(
              map((delivery) => {
                delivery.duty.watch({
                  settled: ({ kind }) => {
                    if (kind === 'ack') acked += 1;
                  },
                });
                return delivery as Delivery<unknown>;
              }),
              (deliveries) => chain(deliveries, stages),
              acknowledge(),
            )
            .subscribe({
              complete: () => {
                completed = true;
              },
            });
          timer(0).subscribe();
          flush();
          expect([acked, completed]).deep.equal([count, true]);
        }),
      ),
      { numRuns: 300 },
    );
  });
});
