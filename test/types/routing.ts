import { map, type Observable } from 'rxjs';
import { P } from 'ts-pattern';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Publisher } from '../../src/core/publisher.ts';
import { partitionTopics } from '../../src/operators/partitionTopics.ts';
import { type MissingCase, routeMatch } from '../../src/operators/routeMatch.ts';
import { routeTopics } from '../../src/operators/routeTopics.ts';
import { stage } from '../../src/pipeline/stage.ts';
import { toDeadLetter } from '../../src/sinks/toDeadLetter.ts';
import { toNdjson } from '../../src/sinks/toNdjson.ts';
import { toTopic } from '../../src/sinks/toTopic.ts';

// Compiled by the type check, never run.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(check: Same<A, B>): void;
/** What a chain of deliveries carries. */
type Data<O> = O extends Observable<Delivery<infer T>> ? T : never;

interface Order {
  readonly id: string;
  readonly side: 'buy' | 'sell' | 'short';
}
declare const publisher: Publisher;
declare const orders: Observable<Delivery<Order>>;
const toId = map((delivery: Delivery<Order>) => delivery.with(delivery.data.id));

export function routeTopicsTypes() {
  const inferred = orders.pipe(
    routeTopics({ 'a.*': (source) => source.pipe(map((d) => d.with(d.data.side))), b: toId }),
  );
  same<Data<typeof inferred>, string>(true);

  const staged = orders.pipe(
    stage('route', routeTopics({ a: (source) => source.pipe(map((d) => d.with(d.data.id.length))), b: toId })),
  );
  same<Data<typeof staged>, number | string>(true);

  const passing = orders.pipe(routeTopics({ a: toId }, { match: 'all', otherwise: 'pass' }));
  same<Data<typeof passing>, string | Order>(true);

  const rest = orders.pipe(
    routeTopics({ a: toId }, { otherwise: (source) => source.pipe(map((d) => d.with(d.data.id.length))) }),
  );
  same<Data<typeof rest>, string | number>(true);

  const acked = orders.pipe(routeTopics({ a: toId }, { otherwise: 'ack' }));
  same<Data<typeof acked>, string>(true);

  const sinks = orders.pipe(
    routeTopics({
      a: (source) => source.pipe(toTopic(publisher, (delivery) => `orders.${delivery.data.side}`)),
      b: toTopic(publisher, 'b'),
      c: (source) => source.pipe(toId, toNdjson('out.ndjson', { format: ({ data }) => data.length })),
      d: toDeadLetter(),
    }),
  );
  same<Data<typeof sinks>, Order | string>(true);

  // @ts-expect-error a branch takes and gives deliveries
  orders.pipe(routeTopics({ a: (source) => source.pipe(map((d) => d.data)) }));
  // @ts-expect-error a branch takes what comes
  orders.pipe(routeTopics({ a: map((delivery: Delivery<{ volume: number }>) => delivery) }));
  // @ts-expect-error no such answer
  routeTopics({ a: toId }, { otherwise: 'drop' });
}

export function partitionTopicsTypes() {
  const [first, second] = partitionTopics(orders, ['a.*', 'b.*']);
  same<typeof first, Observable<Delivery<Order>>>(true);
  same<typeof second, Observable<Delivery<Order>>>(true);
  // @ts-expect-error two patterns, two outputs
  const [, , third] = partitionTopics(orders, ['a.*', 'b.*']);

  const many = partitionTopics(orders, ['a'] as string[]);
  same<typeof many, Observable<Delivery<Order>>[]>(true);
  return third;
}

export function routeMatchTypes() {
  const routed = orders.pipe(
    routeMatch<Order>()
      .with({ side: 'buy' }, (buys) =>
        buys.pipe(
          map((d) => {
            same<typeof d.data.side, 'buy'>(true);
            return d.with(1);
          }),
        ),
      )
      .with({ side: P.union('sell', 'short') }, (sales) => sales.pipe(map((d) => d.with(d.data.side))))
      .exhaustive(),
  );
  same<Data<typeof routed>, number | 'sell' | 'short'>(true);

  const open = routeMatch<Order>().with({ side: P.union('buy', 'sell') }, toId);
  same<typeof open.exhaustive, MissingCase<{ readonly id: string; readonly side: 'short' }>>(true);
  // @ts-expect-error the case of { side: 'short' } is missing
  open.exhaustive();

  const rest = open.otherwise((source) =>
    source.pipe(
      map((d) => {
        same<typeof d.data.side, 'short'>(true);
        return d.with(1);
      }),
    ),
  );
  same<Data<ReturnType<typeof rest>>, string | number>(true);

  // @ts-expect-error a guard may say no: the case is not handled
  open.with({ side: 'short' }, ({ id }) => id !== '', toId).exhaustive();
  // @ts-expect-error so may a predicate within a pattern
  open.with({ id: P.when((id: string) => id !== '') }, toId).exhaustive();
  // @ts-expect-error no such side
  open.with({ side: 'hold' }, toId);

  type Shape = { kind: 'circle'; r: number } | { kind: 'square'; side: number } | 'none';
  const shapes = routeMatch<Shape>()
    .with('none', (source) => source)
    .with({ kind: 'circle' }, (source) => source.pipe(map((d) => d.with(d.data.r))))
    .with({ kind: 'square', side: P.number }, (source) => source.pipe(map((d) => d.with(d.data.side))))
    .exhaustive();
  same<Data<ReturnType<typeof shapes>>, 'none' | number>(true);

  const unknowns = routeMatch<unknown>().with({ id: P.string }, (source) => source.pipe(map((d) => d.with(d.data.id))));
  // @ts-expect-error what is unknown always has another case
  unknowns.exhaustive();
  return unknowns.with(P._, (source) => source).exhaustive();
}
