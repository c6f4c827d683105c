import { Observable, type OperatorFunction } from 'rxjs';
import { Delivery } from '../core/delivery.ts';
import { RootDuty } from '../core/duty.ts';
import { InvalidOptionError, PermanentError } from '../core/errors.ts';
import { chained, chainOf } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { StageSpans } from '../telemetry/stageSpans.ts';
import { activeTracer } from '../telemetry/tracer.ts';

/**
 * Names an operator, of whatever origin: what enters is marked with the stage's name, and has a span of its own there.
 *
 *     source:               -a-b-c-|
 *     stage('x', operator): -A---C-|    what the operator makes of it; b was settled inside
 *
 * A span runs from entering to the first output derived from it, or to its settlement inside; then it bears the outcome
 * and the error. What leaves goes on in the context it came with. A batch has no parent but links to its members. Where
 * no OpenTelemetry SDK is registered when the pipeline starts, the operator is used as it is.
 *
 * Order, memory, settlement, errors: the operator's.
 *
 * @throws {InvalidOptionError} if the name is empty
 */
export function stage<T extends Delivery, R>(name: string, operator: OperatorFunction<T, R>): OperatorFunction<T, R> {
  if (typeof name !== 'string' || name === '') throw new InvalidOptionError('name', name, "the stage's name");
  const spans = new StageSpans(name);
  return (source) => {
    const inside = operator(chained(enter<T>(name, spans)(source), []));
    return chained(leave(inside, spans), [...chainOf(source), { kind: 'stage', name, inner: chainOf(inside) }]);
  };
}

const NO_DELIVERY =
  'got a value that is no delivery: an operator before it made data of it; use `mapData`, or `delivery.with(data)`';

function enter<T extends Delivery>(name: string, spans: StageSpans): OperatorFunction<T, T> {
  return operate((source, subscriber) => {
    const tracer = activeTracer();
    feed(source, subscriber, {
      next: (delivery) => {
        mark(delivery, name);
        subscriber.next(tracer ? (spans.enter(delivery, tracer) as T) : delivery);
      },
    });
  });
}

function mark({ duty }: Delivery, name: string): void {
  if (duty instanceof RootDuty) duty.stage = name;
  else if (!duty) throw new PermanentError(`stage '${name}' ${NO_DELIVERY}`, {}, 'NOT_A_DELIVERY');
  else for (const root of duty.roots) root.stage = name;
}

function leave<R>(inside: Observable<R>, spans: StageSpans): Observable<R> {
  return new Observable((subscriber) => {
    if (!activeTracer()) return inside.subscribe(subscriber);
    feed(inside, subscriber, {
      next: (value) => subscriber.next(value instanceof Delivery ? (spans.leave(value) as R) : value),
    });
    return undefined;
  });
}
