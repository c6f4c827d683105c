import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace';

/** Samples the first traces of the process, and none after them. Ask it for roots only. */
export class FirstTraces implements Sampler {
  private begun = 0;

  constructor(private readonly count: number) {}

  shouldSample(): SamplingResult {
    this.begun += 1;
    const { RECORD_AND_SAMPLED, NOT_RECORD } = SamplingDecision;
    return { decision: this.begun <= this.count ? RECORD_AND_SAMPLED : NOT_RECORD };
  }

  toString(): string {
    return `FirstTraces{${this.count}}`;
  }
}
