import type { Observable } from 'rxjs';
import type { z } from 'zod';
import {
  analyse,
  analyseObservations,
  analyser,
  bollinger,
  changeOnYear,
  correlate,
  correlation,
  indicate,
  type Macd,
  macd,
  type Observation,
  sma,
} from '../../src/analytics/index.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { validate } from '../../src/operators/validate.ts';

// Compiled by the type check, never run.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(check: Same<A, B>): void;
/** What a chain of deliveries carries. */
type Data<O> = O extends Observable<Delivery<infer T>> ? T : never;

interface Rate extends Observation {
  readonly unit: string;
}
interface Bar {
  readonly symbol: string;
  readonly close: number;
}
declare const rates: Observable<Delivery<Rate>>;
declare const bars: Observable<Delivery<Bar>>;
declare const plain: Observable<Rate>;
declare const unknowns: Observable<Delivery>;
declare const numbers: Observable<number | null>;
declare const schema: z.ZodType<Observation>;
declare function observe(bar: Bar): Observation;

export function analysedTypes() {
  const analysed = rates.pipe(analyse({ onYear: changeOnYear(), momentum: macd() }));
  type Analysed = Data<typeof analysed>;
  same<Analysed['unit'], string>(true);
  same<Analysed['onYear'], number | null>(true);
  same<Analysed['momentum'], Macd | null>(true);

  const validated = unknowns.pipe(validate(schema), analyse({ mean: sma({ length: 2 }) }));
  same<Data<typeof validated>['mean'], number | null>(true);

  const ofBars = bars.pipe(analyse({ bands: bollinger() }, { observe }));
  same<Data<typeof ofBars>['symbol'], string>(true);
  // @ts-expect-error: a bar is no observation by itself
  bars.pipe(analyse({ bands: bollinger() }));

  const kept = rates.pipe(mapData(analyser({ mean: sma({ length: 2 }) })));
  same<Data<typeof kept>['mean'], number | null>(true);
  same<Data<typeof kept>['unit'], string>(true);
}

export function plainTypes() {
  const analysed = plain.pipe(analyseObservations({ mean: sma({ length: 2 }) }));
  same<typeof analysed extends Observable<infer T extends Rate> ? T['mean' & keyof T] : never, number | null>(true);

  const means = numbers.pipe(indicate(sma({ length: 2 })));
  same<typeof means, Observable<number | null>>(true);
  // @ts-expect-error: it takes pairs
  numbers.pipe(indicate(correlation({ length: 2 })));
}

export function correlatedTypes() {
  const correlated = rates.pipe(correlate({ r: { of: ['a', 'b'], length: 3 } }));
  same<Data<typeof correlated>['r'], number | null>(true);
  same<Data<typeof correlated>['unit'], string>(true);
}
