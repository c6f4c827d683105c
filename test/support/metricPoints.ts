import { type Attributes, metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

/** A point of a metric: what it is of, and its value; of a histogram, how many were counted. */
export interface MetricPoint {
  readonly attributes: Attributes;
  readonly value: number | undefined;
}

/** Registers a MeterProvider for the tests of a block; returns what reads the points of a metric as they are then. */
export function metricPoints(): (name: string) => Promise<readonly MetricPoint[]> {
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
  return async (name) => {
    exporter.reset();
    await reader.forceFlush();
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const found = all.find(({ descriptor }) => descriptor.name === name);
    return (found?.dataPoints ?? []).map(({ attributes, value }) => ({
      attributes,
      value: typeof value === 'number' ? value : (value as { count?: number }).count,
    }));
  };
}
