import { concatMap, from, lastValueFrom, mergeMap } from 'rxjs';
import { acknowledge, connect, handle } from 'sluice';
import { Countdown, check, type Order, order, TOPIC } from '../messages.ts';
import type { Scenario } from '../scenario.ts';

const CONCURRENCY = 64;
const CREDIT = 1_000;

/** Asynchronous handlers on the embedded store, 64 at once; the messages are there before the clock starts. */
export const memory: Scenario = {
  name: 'memory',
  unit: 'msg/s',
  target: { atLeast: 0.5 },
  baselineName: 'bare mergeMap of async functions, 64 at once',
  redis: false,
  scale: 2,
  async ours({ messages }) {
    const bus = await connect();
    await bus.publishMany(Array.from({ length: messages }, (_, id) => ({ topic: TOPIC, data: order(id) })));
    return {
      run: async () => {
        const countdown = new Countdown(messages);
        const subscription = bus
          .from('bench.*', { group: 'bench', credit: CREDIT })
          .pipe(
            handle(async (data) => check(data as Order), { concurrency: CONCURRENCY }),
            acknowledge(),
          )
          .subscribe(() => countdown.done());
        await countdown.over;
        subscription.unsubscribe();
      },
      close: () => bus.close(),
    };
  },
  async baseline({ messages }) {
    // In parts, since mergeMap shifts what waits out of one array, which is slow once that is large: the baseline must
    // not lose by that.
    const parts = Array.from({ length: Math.ceil(messages / CREDIT) }, (_, part) => part * CREDIT);
    const chunks = parts.map((first) =>
      Array.from({ length: Math.min(CREDIT, messages - first) }, (_, i) => order(first + i)),
    );
    return {
      run: async () => {
        await lastValueFrom(
          from(chunks).pipe(concatMap((chunk) => from(chunk).pipe(mergeMap(async (data) => check(data), CONCURRENCY)))),
        );
      },
      close: async () => {},
    };
  },
};
