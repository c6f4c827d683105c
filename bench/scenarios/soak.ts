import { acknowledge, connect, handle, production } from 'sluice';
import { Pump } from '../../src/cli/bench/measuring/pump.ts';
import { median } from '../../src/cli/bench/median.ts';
import { Countdown, check, type Order, order, TOPIC } from '../messages.ts';
import type { Finding, Scenario } from '../scenario.ts';

const MIB = 1024 * 1024;
const MOST_WAITING = 20_000;

/** How many samples are taken; a garbage collection goes with each. */
const SAMPLES = 100;

/** Does memory grow? Five million messages, published and handled in one process, as fast as it goes. */
export const soak: Scenario = {
  name: 'soak',
  unit: '× of heap or RSS',
  better: 'lower',
  baselineName: 'after the first 10 %',
  target: { atMost: 1.1 },
  note: 'the larger of two ratios, heap after a collection and RSS: the median of the last tenth against that of the second',
  scale: 50,
  mostRuns: 1,
  redis: true,
  async ours({ redisUrl, messages }) {
    const bus = await connect(production({ store: redisUrl }));
    const countdown = new Countdown(messages);
    const samples: Memory[] = [];
    let handled = 0;
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
          if (handled * SAMPLES >= messages * (samples.length + 1)) samples.push(sample());
          countdown.done();
        });
        await Promise.all([pump.run(), countdown.over]);
        const perSecond = messages / ((performance.now() - fromMs) / 1_000);
        subscription.unsubscribe();
        return found(samples, perSecond);
      },
      close: () => bus.close(),
    };
  },
};

interface Memory {
  readonly heap: number;
  readonly rss: number;
}

/** In MiB: RSS as it is, heap after a collection. */
function sample(): Memory {
  const { rss } = process.memoryUsage();
  globalThis.gc?.();
  return { heap: process.memoryUsage().heapUsed / MIB, rss: rss / MIB };
}

function found(samples: readonly Memory[], perSecond: number): Finding {
  const tenth = SAMPLES / 10;
  const [early, late] = [samples.slice(tenth, 2 * tenth), samples.slice(-tenth)].map((part) => ({
    heap: median(part.map(({ heap }) => heap)),
    rss: median(part.map(({ rss }) => rss)),
  })) as [Memory, Memory];
  const [heap, rss] = [late.heap / early.heap, late.rss / early.rss];
  return {
    figure: Math.max(heap, rss),
    against: 1,
    extra: {
      'heap ×': heap,
      'RSS ×': rss,
      'heap at first MiB': early.heap,
      'heap at the end MiB': late.heap,
      'RSS at first MiB': early.rss,
      'RSS at the end MiB': late.rss,
      'msg/s': perSecond,
    },
  };
}
