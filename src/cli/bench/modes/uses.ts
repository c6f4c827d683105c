import { merge, type Observable, type OperatorFunction, Subscription } from 'rxjs';
import type { Delivery } from '../../../core/delivery.ts';
import { acknowledge } from '../../../operators/acknowledge.ts';
import { batch } from '../../../operators/batch.ts';
import { handle } from '../../../operators/handle.ts';
import { routeTopics } from '../../../operators/routeTopics.ts';
import type { Consume, Consumer } from '../measuring/consume.ts';
import type { FullSpeedSetup } from '../measuring/fullSpeed.ts';
import { type Work, workOf } from '../measuring/work.ts';
import { type Asking, requests } from './requests.ts';

/** One way to use a bus. */
export interface Use {
  readonly name: string;
  /** @default 1 */
  readonly consumers?: number;
  readonly setup?: (payloadBytes: number) => Pick<FullSpeedSetup, 'consume' | 'copies' | 'message'>;
  /** Measures by itself, where it is no flow from producers to consumers. */
  readonly perSecond?: (asking: Asking) => Promise<number>;
}

const FAN_OUT = 3;
const BATCH = 100;

export const USES: readonly Use[] = [
  { name: 'work queue, 4 consumers', consumers: 4 },
  { name: `fan-out to ${FAN_OUT} groups`, setup: () => ({ copies: FAN_OUT, consume: fanOut }) },
  { name: 'live view, no group', setup: () => ({ consume: view }) },
  { name: `batches of ${BATCH}`, setup: () => ({ consume: through(inBatches) }) },
  { name: 'a step that publishes on', setup: () => ({ consume: stepOn }) },
  { name: 'requests, 50 at once', perSecond: requests },
  ...[1, 10, 100, 1_000].map((globs) => ({
    name: `routed by topic globs: ${globs.toLocaleString('en-US')}`,
    setup: (payloadBytes: number) => ({ message: spread(globs, payloadBytes), consume: through(routed(globs)) }),
  })),
];

type Handled = Consumer['handled'];

/** Consumes through an operator that hands each message to its handler. */
function through(operator: (handled: Handled) => OperatorFunction<Delivery, Delivery>): Consume {
  return (bus, { handled, failed }) =>
    bus.from('bench.*', { group: 'bench' }).pipe(operator(handled), acknowledge()).subscribe({ error: failed });
}

const each = (handled: Handled) => handle((data: unknown) => handled(data as Work));

const fanOut: Consume = (bus, consumer) => {
  const groups = Array.from({ length: FAN_OUT }, (_, i) => bus.from('bench.*', { group: `bench${i}` }));
  return merge(...groups.map((group) => group.pipe(each(consumer.handled), acknowledge()))).subscribe({
    error: consumer.failed,
  });
};

const view: Consume = (bus, { handled, failed }) =>
  bus
    .subscribe('bench.*', { from: 'earliest' })
    .subscribe({ next: ({ data }) => handled(data as Work), error: failed });

const inBatches =
  (handled: Handled): OperatorFunction<Delivery, Delivery> =>
  (source) =>
    source.pipe(
      batch({ maxSize: BATCH, withinMs: 5 }),
      handle((members: readonly unknown[]) => {
        for (const member of members) handled(member as Work);
      }),
    ) as Observable<Delivery>;

/** Two steps: the first publishes to the topic of the second. */
const stepOn: Consume = (bus, { handled, failed }) => {
  const first = bus.from('bench.*', { group: 'first' }).pipe(bus.to('done.work'), acknowledge());
  const second = bus.from('done.*', { group: 'second' }).pipe(each(handled), acknowledge());
  const both = new Subscription();
  both.add(first.subscribe({ error: failed }));
  both.add(second.subscribe({ error: failed }));
  return both;
};

/** Topics that one route each is for. */
function spread(globs: number, payloadBytes: number) {
  const work = workOf(payloadBytes);
  return (n: number) => ({ topic: `bench.area${n % globs}.new`, data: work(n) });
}

function routed(globs: number) {
  return (handled: Handled): OperatorFunction<Delivery, Delivery> => {
    const routes = Array.from({ length: globs }, (_, i) => [`bench.area${i}.*`, each(handled)] as const);
    return routeTopics(Object.fromEntries(routes)) as OperatorFunction<Delivery, Delivery>;
  };
}
