import type { Bus } from '../../../bus/bus.ts';
import { type Work, workOf } from '../measuring/work.ts';

const AT_ONCE = 50;

/** What requests are measured with. */
export interface Asking {
  readonly bus: Bus;
  readonly durationMs: number;
  readonly payloadBytes: number;
  readonly signal: AbortSignal;
}

/** Requests that were answered, a second: so many askers each send the next once they have their answer. */
export async function requests({ bus, durationMs, payloadBytes, signal }: Asking): Promise<number> {
  const work = workOf(payloadBytes);
  const responder = bus.respond('ask.*', (data) => ({ n: (data as Work).n }), { concurrency: AT_ONCE });
  const fromMs = performance.now();
  const passedMs = () => performance.now() - fromMs;
  let answered = 0;
  const ask = async () => {
    while (passedMs() < durationMs && !signal.aborted) {
      await bus.request('ask.work', work(answered));
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  const perSecond = (answered / passedMs()) * 1_000;
  await responder.stop();
  return perSecond;
}
