import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { LoopLoad } from './scaleState.ts';

/** How often Node looks at the delay, in ms. */
const RESOLUTION_MS = 10;

/** Measures this thread's event loop. */
export class LoopProbe {
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private use: EventLoopUtilization = performance.eventLoopUtilization();
  private looks = 0;
  private sumMs = 0;

  constructor() {
    this.delays.enable();
  }

  /** What the loop did since the last call. */
  read(): LoopLoad {
    const use = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(use, this.use);
    this.use = use;
    return { utilization, delayMs: this.delayMs() };
  }

  /** Looks no more. */
  close(): void {
    this.delays.disable();
  }

  // By the difference: `reset()` also forgets when Node looked last, and with it the delay that is just being measured.
  private delayMs(): number {
    const { count: looks, mean } = this.delays;
    if (looks === this.looks) return 0;
    const sumMs = (looks * mean) / 1e6;
    const meanMs = (sumMs - this.sumMs) / (looks - this.looks);
    this.looks = looks;
    this.sumMs = sumMs;
    // Node counts from one look to the next, the time between them included.
    return Math.max(0, meanMs - RESOLUTION_MS);
  }
}
