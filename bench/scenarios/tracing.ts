import { context, propagation, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { OperatorFunction } from 'rxjs';
import { acknowledge, connect, type Delivery, mapData, stage } from 'sluice';
import { Countdown, type Order, order, TOPIC } from '../messages.ts';
import type { Scenario, Setting, Side } from '../scenario.ts';

type Wrap = <T extends Delivery, R extends Delivery>(
  name: string,
  operator: OperatorFunction<T, R>,
) => OperatorFunction<T, R>;

const bare: Wrap = (_name, operator) => operator;
const traced = stage as Wrap;

/** Publishing and three synchronous steps, on the embedded store: as little beside the tracing as there can be. */
async function threeSteps({ messages }: Setting, wrap: Wrap, enabled: boolean): Promise<Side> {
  const bus = await connect({ tracing: { enabled } });
  function* orders() {
    for (let id = 0; id < messages; id++) yield { topic: TOPIC, data: order(id) };
  }
  const steps = bus.from('bench.*', { group: 'bench', credit: 1_000 }).pipe(
    wrap(
      'price',
      mapData((data) => ({ ...(data as Order), value: (data as Order).price * (data as Order).qty })),
    ),
    wrap(
      'fee',
      mapData((data) => ({ ...data, fee: data.value * 0.001 })),
    ),
    wrap(
      'total',
      mapData((data) => data.value + data.fee),
    ),
    acknowledge(),
  );
  return {
    run: async () => {
      const countdown = new Countdown(messages);
      const subscription = steps.subscribe(() => countdown.done());
      await Promise.all([bus.publishMany(orders()), countdown.over]);
      subscription.unsubscribe();
    },
    close: () => bus.close(),
  };
}

/** Takes spans and forgets them: the cost of making them is ours, that of sending them is the exporter's. */
class NullExporter implements SpanExporter {
  export(_spans: ReadableSpan[], done: (result: { code: number }) => void): void {
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {}
}

/** The same under an SDK, which is gone afterwards. */
async function underSdk(setting: Setting, sampler: Sampler | undefined): Promise<Side> {
  const sdk = new NodeSDK({
    autoDetectResources: false,
    spanProcessors: [new BatchSpanProcessor({ exporter: new NullExporter() })],
    metricReaders: [],
    ...(sampler && { sampler }),
  });
  sdk.start();
  const side = await threeSteps(setting, traced, true);
  return {
    run: side.run,
    close: async () => {
      await side.close();
      await sdk.shutdown();
      for (const api of [trace, context, propagation]) api.disable();
    },
  };
}

const COMMON = { group: 'trace', unit: 'msg/s', scale: 2, redis: false } as const;
const UNTRACED = 'without stages, tracing disabled';

/** What tracing costs when no OpenTelemetry SDK is registered: should be nothing. */
export const traceOff: Scenario = {
  ...COMMON,
  name: 'trace-off',
  baselineName: UNTRACED,
  target: { atLeast: 0.97 },
  note: 'publishing and three synchronous steps on the embedded store',
  ours: (setting) => threeSteps(setting, traced, true),
  baseline: (setting) => threeSteps(setting, bare, false),
};

/** What it costs to trace one message of a hundred. */
export const trace1pct: Scenario = {
  ...COMMON,
  name: 'trace-1pct',
  baselineName: UNTRACED,
  target: { atLeast: 0.9 },
  note: 'a parent-based sampler that takes 1 % at the publisher; every message carries its traceparent',
  ours: (setting) => underSdk(setting, new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) })),
  baseline: (setting) => threeSteps(setting, bare, false),
};

/** What tracing every message costs: five spans each. */
export const traceAll: Scenario = {
  ...COMMON,
  name: 'trace-all',
  baselineName: UNTRACED,
  note: 'five spans a message',
  scale: 0.25,
  ours: (setting) => underSdk(setting, undefined),
  baseline: (setting) => threeSteps(setting, bare, false),
};
