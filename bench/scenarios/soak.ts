import { acknowledge, connect, handle, production } from 'sluice';
import { Pump } from '../../src/cli/bench/measuring/pump.ts';
import { Countdown, check, type Order, order, TOPIC } from '../messages.ts';
import type { Scenario } from '../scenario.ts';

const MIB = 1024 * 1024;
const MOST_WAITING = 20_000;

/** Does memory grow? Five million messages, published and handled in one process, as fast as it goes. */
export const soak: Scenario = {
  name: 'soak',
  unit: '× of heap or RSS',
  better: 'lower',
  baselineName: 'after the first 10 %',
  target: { atMost: 1.1 },
  note: 'the larger of two ratios, heap after a collection and RSS: at the end against after the first 10 %',
  scale: 50,
  mostRuns: 1,
  redis: true,
  async ours({ redisUrl, messages }) {
    const bus = await connect(production({ store: redisUrl }));
    const countdown = new Countdown(messages);
    let handled = 0;
    let early: Memory | undefined;
    const pump = new Pump({
      producers: [bus],
      message: (id) => ({ topic: TOPIC, data: order(id) }),
      count: messages,
      room: (published) => published - handled < MOST_WAITING,
      published: () => {},
    });
    const work = bus.from('bench.*', { group: 'bench' }).pipe(
      handle((data) => check(data as Order)),
      acknowledge(),
    );
    return {
      async run() {
        const fromMs = performance.now();
        const subscription = work.subscribe(() => {
          handled += 1;
          if (handled === Math.ceil(messages / 10)) early = memory();
          countdown.done();
        });
        await Promise.all([pump.run(), countdown.over]);
        const seconds = (performance.now() - fromMs) / 1_000;
        const [first, last] = [early ?? memory(), memory()];
        subscription.unsubscribe();
        const [heap, rss] = [last.heap / first.heap, last.rss / first.rss];
        return {
          figure: Math.max(heap, rss),
          against: 1,
          extra: {
            'heap ×': heap,
            'RSS ×': rss,
            'heap at first MiB': first.heap,
            'heap at the end MiB': last.heap,
            'RSS at first MiB': first.rss,
            'RSS at the end MiB': last.rss,
            'msg/s': messages / seconds,
          },
        };
      },
      close: () => bus.close(),
    };
  },
};

interface Memory {
  readonly heap: number;
  readonly rss: number;
}

function memory(): Memory {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / MIB, rss: rss / MIB };
}
