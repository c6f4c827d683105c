import { context, propagation, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { OperatorFunction } from 'rxjs';
import { acknowledge, connect, type Delivery, mapData, stage } from 'sluice';
import { Countdown, type Order, order, TOPIC } from '../messages.ts';
import type { Scenario, Setting, Side } from '../scenario.ts';

type Wrap = <T extends Delivery, R extends Delivery>(
  name: string,
  operator: OperatorFunction<T, R>,
) => OperatorFunction<T, R>;

const bare: Wrap = (_name, operator) => operator;

/** Three synchronous stages on the embedded store. */
async function threeStages({ messages }: Setting, wrap: Wrap): Promise<Side> {
  const bus = await connect();
  await bus.publishMany(Array.from({ length: messages }, (_, id) => ({ topic: TOPIC, data: order(id) })));
  return {
    run: async () => {
      const countdown = new Countdown(messages);
      const subscription = bus
        .from('bench.*', { group: 'bench', credit: 1_000 })
        .pipe(
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
        )
        .subscribe(() => countdown.done());
      await countdown.over;
      subscription.unsubscribe();
    },
    close: () => bus.close(),
  };
}

/** What stages cost when no OpenTelemetry SDK is registered: should be nothing. */
export const traceOverhead: Scenario = {
  name: 'trace-overhead',
  unit: 'msg/s',
  baselineName: 'the same operators without stages, no SDK',
  redis: false,
  ours: (setting) => threeStages(setting, stage as Wrap),
  baseline: (setting) => threeStages(setting, bare),
};

/** Takes spans and forgets them: the cost of making them is ours, that of sending them is the exporter's. */
class NullExporter implements SpanExporter {
  export(_spans: ReadableSpan[], done: (result: { code: number }) => void): void {
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {}
}

/** What tracing every message costs: four spans each. */
export const traceAll: Scenario = {
  name: 'trace-all',
  unit: 'msg/s',
  baselineName: 'the same pipeline, no SDK',
  redis: false,
  scale: 0.25,
  async ours(setting) {
    const sdk = new NodeSDK({
      autoDetectResources: false,
      spanProcessors: [new BatchSpanProcessor({ exporter: new NullExporter() })],
    });
    sdk.start();
    const side = await threeStages(setting, stage as Wrap);
    return {
      run: side.run,
      close: async () => {
        await side.close();
        await sdk.shutdown();
        for (const api of [trace, context, propagation]) api.disable();
      },
    };
  },
  baseline: (setting) => threeStages(setting, stage as Wrap),
};
