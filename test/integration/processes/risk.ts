import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { type } from 'arktype';
import { connect, type Delivery, handle, pipeline, stage, validate } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';

/*
 * Consumes the orders through a pipeline of stages, publishes what it accepts, consumes that too, and exports as JSON.
 * Arguments: the store's URL, the collector's, and how many orders to wait for.
 */
const [store = '', collector = '', orders = ''] = process.argv.slice(2);
const traceExporter = new OTLPTraceExporter({ url: collector });
const sdk = new NodeSDK({ serviceName: 'risk', autoDetectResources: false, traceExporter, metricReaders: [] });
sdk.start();

const bus = await connect({ store, name: 'risk-1' });
const Order = type({ id: 'string', qty: 'number > 0' });
const seen: unknown[] = [];

const risk = pipeline(
  'risk',
  bus.from('orders.*', { group: 'risk' }),
  stage('validate', validate(Order)),
  stage(
    'check',
    handle(async (order, { message }) => {
      await Promise.resolve();
      const own = trace.getTracer('risk').startSpan('look up limits');
      own.end();
      seen.push({ id: order.id, headers: message.headers });
      return order;
    }),
  ),
  stage('accept', bus.to<Delivery<typeof Order.infer>>('risk.accepted')),
).run();

const audit = pipeline(
  'audit',
  bus.from('risk.*', { group: 'audit' }),
  stage(
    'record',
    handle(() => undefined),
  ),
).run();

const count = ({ settled }: typeof risk.counts): number => settled.ack + settled.reject;
await eventually(() => count(risk.counts) === Number(orders) && audit.counts.settled.ack === risk.counts.settled.ack, {
  withinMs: 20_000,
});
await bus.close();
await sdk.shutdown();
process.send?.({ seen });
process.disconnect();
