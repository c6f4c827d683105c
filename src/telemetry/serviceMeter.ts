import { type Attributes, type Histogram, metrics, type UpDownCounter } from '@opentelemetry/api';
import { ATTRIBUTE } from './attributes.ts';

/** What a request to a service over the web may take, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** The metrics of a service, for the MeterProvider that was registered when it started; without one, nothing. */
export class ServiceMeter {
  private readonly duration: Histogram;
  private readonly running: UpDownCounter;

  constructor(private readonly service: string) {
    const meter = metrics.getMeter('sluice');
    this.duration = meter.createHistogram('sluice.service.request.duration', {
      unit: 's',
      description: 'Duration of requests to a service, from being taken up to being answered',
      advice: { explicitBucketBoundaries: SECONDS },
    });
    this.running = meter.createUpDownCounter('sluice.service.requests.running', { unit: '{request}' });
  }

  /** Counts a request as running; what it returns records how long it took, and why it failed. */
  begin(topic: string): (seconds: number, code: string | undefined) => void {
    const at: Attributes = { [ATTRIBUTE.service]: this.service, [ATTRIBUTE.topic]: topic };
    this.running.add(1, at);
    return (seconds, code) => {
      this.running.add(-1, at);
      this.duration.record(seconds, code === undefined ? at : { ...at, [ATTRIBUTE.errorType]: code });
    };
  }
}
