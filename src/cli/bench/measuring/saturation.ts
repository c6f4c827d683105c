import type { Bus } from '../../../bus/bus.ts';
import { Pump } from './pump.ts';
import { TOPIC, workOf } from './work.ts';

/** So many wait at any time: more than a consumer has credit for. */
const WAITING = 5_000;
/** Small calls: what is more urgent is published in the same process, and must not find it busy for long. */
const CHUNK = 100;

/** Keeps the low tier full, so that whatever is more urgent has to get past it. */
export class Saturation {
  private readonly pump: Pump;
  private running: Promise<void> | undefined;
  private handledCount = 0;

  constructor(bus: Bus, payloadBytes: number) {
    const work = workOf(payloadBytes);
    this.pump = new Pump({
      producers: [bus],
      chunk: CHUNK,
      message: () => ({ topic: TOPIC, data: work(-1), priority: 'low' }),
      room: (published) => published - this.handledCount < WAITING,
      published: () => undefined,
    });
  }

  start(): void {
    this.running = this.pump.run();
    // Reported by stop(): until then nobody waits for it.
    this.running.catch(() => undefined);
  }

  handled(): void {
    this.handledCount += 1;
  }

  /** Resolves with how many were handled. Rejects if publishing failed. */
  async stop(): Promise<number> {
    this.pump.stop();
    await this.running;
    return this.handledCount;
  }
}
