import { filter, groupBy, map, mergeAll, type Observable, type OperatorFunction } from 'rxjs';
import { z } from 'zod';
import type { Delivery } from '../../src/core/delivery.ts';
import { batch } from '../../src/operators/batch.ts';
import { handle } from '../../src/operators/handle.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { validate } from '../../src/operators/validate.ts';
import { where } from '../../src/operators/where.ts';
import { pipeline } from '../../src/pipeline/pipeline.ts';
import { stage } from '../../src/pipeline/stage.ts';

declare const source: Observable<Delivery<unknown>>;
declare const texts: Observable<Delivery<string>>;
declare const sink: OperatorFunction<Delivery<number>, Delivery<number>>;
declare const silent: OperatorFunction<Delivery<number>, never>;

const Order = z.object({ id: z.string(), quantity: z.number() });

/** Each call compiles, or fails as said: what a callback is given flows from stage to stage. */
export const flows = [
  pipeline('a source alone', source),
  pipeline(
    'data from stage to stage',
    source,
    stage('validate', validate(Order)),
    stage(
      'quantity',
      mapData((order) => order.quantity),
    ),
    stage(
      'positive',
      where((quantity) => quantity.toFixed() !== '0'),
    ),
    stage(
      'check',
      handle((quantity) => quantity * 2, { concurrency: 2 }),
    ),
    stage('batch', batch({ maxSize: 5 })),
    stage(
      'sum',
      mapData((quantities) => quantities.reduce((sum, each) => sum + each, 0)),
    ),
    stage('out', sink),
  ),
  pipeline(
    'operators of RxJS between stages',
    texts,
    filter((delivery) => delivery.attempt < 3),
    groupBy((delivery) => delivery.message.topic),
    mergeAll(),
    mapData((text) => text.length),
    silent,
  ),
  pipeline(
    'more than nine',
    texts,
    mapData((text) => text.length),
    mapData((n) => n + 1),
    mapData((n) => n + 1),
    mapData((n) => n + 1),
    mapData((n) => n + 1),
    mapData((n) => n + 1),
    mapData((n) => n + 1),
    mapData((n) => n + 1),
    mapData((n) => n.toFixed()),
    mapData((n) => n),
  ),
  // @ts-expect-error the stage takes numbers, the source gives text
  pipeline('wrong data', texts, stage('out', sink)),
  pipeline(
    'no delivery at the end',
    texts,
    // @ts-expect-error what comes out at the end must be deliveries, or nobody acks
    map((delivery) => delivery.data),
  ),
];
