import { availableParallelism } from 'node:os';
import type { OperatorFunction } from 'rxjs';
import { acknowledge, connect, type Delivery, handle, handleInThreads, threadHealth } from 'sluice';
import { Countdown, TOPIC } from '../messages.ts';
import type { Scenario, Side } from '../scenario.ts';
import compute from './compute.ts';

const MODULE = new URL('./compute.ts', import.meta.url);

/** Messages through an operator that computes, on the embedded store. */
async function computing(
  operator: OperatorFunction<Delivery, Delivery>,
  messages: number,
  ready: () => boolean,
): Promise<Side> {
  const bus = await connect();
  let countdown = new Countdown(1);
  const subscription = bus
    .from('bench.*', { group: 'bench' })
    .pipe(operator, acknowledge())
    .subscribe(() => countdown.done());
  // One to warm up: by then the threads have loaded what they run.
  await bus.publish(TOPIC, 0);
  await countdown.over;
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    run: async () => {
      countdown = new Countdown(messages);
      await bus.publishMany(Array.from({ length: messages }, (_, id) => ({ topic: TOPIC, data: id })));
      await countdown.over;
    },
    close: async () => {
      subscription.unsubscribe();
      await bus.close();
    },
  };
}

/** What threads make of handlers that compute for 25 ms, one for each core, against the event loop alone. */
export const threads: Scenario = {
  name: 'threads',
  unit: 'msg/s',
  target: { atLeast: 1.7 },
  baselineName: 'the same handler in the process itself',
  note: 'as many threads as cores; the shorter the handler, the more of it a thread waits for its next message',
  redis: false,
  scale: 0.002,
  ours: ({ messages }) => {
    const cores = availableParallelism();
    const inThreads = handleInThreads(MODULE, { threads: cores });
    return computing(inThreads as OperatorFunction<Delivery, Delivery>, messages, () =>
      threadHealth().every(({ alive }) => alive === cores),
    );
  },
  baseline: ({ messages }) => computing(handle(compute), messages, () => true),
};
