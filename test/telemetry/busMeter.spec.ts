import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect } from 'chai';
import { connect, handle } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';

describe('metrics of a bus', () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  let provider: MeterProvider;
  before(() => {
    provider = new MeterProvider({ readers: [reader] });
    metrics.setGlobalMeterProvider(provider);
  });
  after(async () => {
    await provider.shutdown();
    metrics.disable();
  });

  /** The points of a metric, as [attributes of interest, value]. */
  async function points(name: string, ...attributes: string[]): Promise<unknown[]> {
    exporter.reset();
    await reader.forceFlush();
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const found = all.find(({ descriptor }) => descriptor.name === name);
    return (found?.dataPoints ?? []).map((point) => [
      ...attributes.map((attribute) => point.attributes[attribute]),
      typeof point.value === 'number' ? point.value : (point.value as { count?: number }).count,
    ]);
  }

  it('go to the MeterProvider that is registered, by the names of the conventions', async () => {
    const bus = await connect({ name: 'metered' });
    await bus.publishMany(Array.from({ length: 20 }, (_, data) => ({ topic: 'a.b', data })));
    bus
      .from('a.*', { group: 'g' })
      .pipe(handle(() => undefined))
      .subscribe((delivery) => delivery.ack());
    await eventually(() => expect(bus.metrics().consumed.ack).to.equal(20));
    const common = ['messaging.system.name', 'messaging.client.id', 'messaging.destination.name'];
    expect(await points('messaging.client.sent.messages', ...common)).to.deep.equal([
      ['memory', 'metered', 'main.0', 20],
    ]);
    expect(
      await points('messaging.client.consumed.messages', 'messaging.destination.name', 'messaging.consumer.group.name'),
    ).to.deep.equal([['main.0', 'g', 20]]);
    const settled = await points('sluice.settled.messages', 'sluice.outcome');
    expect(settled).to.deep.include.members([
      ['ack', 20],
      ['reject', 0],
    ]);
    expect(await points('sluice.in_hand', 'messaging.consumer.group.name')).to.deep.equal([['g', 0]]);
    const durations = await points('messaging.client.operation.duration', 'messaging.operation.name');
    expect(durations.map((each) => (each as unknown[])[0]).sort()).to.deep.equal(['send', 'settle']);
    await bus.close();
  });
});
