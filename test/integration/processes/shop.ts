import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { connect } from '../../../src/index.ts';

/*
 * Publishes orders under a span of its own, and exports as protobuf, gzipped.
 * Arguments: the store's URL, the collector's.
 */
const [store = '', collector = ''] = process.argv.slice(2);
process.env['OTEL_EXPORTER_OTLP_COMPRESSION'] = 'gzip';
const traceExporter = new OTLPTraceExporter({ url: collector });
const sdk = new NodeSDK({ serviceName: 'shop', autoDetectResources: false, traceExporter, metricReaders: [] });
sdk.start();

const bus = await connect({ store, name: 'shop-1' });
const tracer = trace.getTracer('shop');

await tracer.startActiveSpan('checkout', async (span) => {
  await bus.publish('orders.new', { id: 'good', qty: 5 }, { id: 'good', priority: 'critical' });
  await bus.publish('orders.new', { id: 'bad', qty: -1 }, { id: 'bad' });
  await bus.publish('orders.new', { qty: 1n }, { id: 'unwritable' }).catch(() => undefined);
  span.end();
});

const unsampled = { traceId: '0'.repeat(31) + 1, spanId: '0'.repeat(15) + 1, traceFlags: TraceFlags.NONE };
await context.with(trace.setSpanContext(ROOT_CONTEXT, unsampled), () =>
  bus.publish('orders.new', { id: 'unsampled', qty: 1 }, { id: 'unsampled' }),
);

const supplied = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'vendor=1' };
await bus.publish('orders.new', { id: 'supplied', qty: 1 }, { id: 'supplied', headers: supplied });

await bus.close();
await sdk.shutdown();
process.disconnect();
