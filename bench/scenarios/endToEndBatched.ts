import { connect, production } from 'sluice';
import { order, TOPIC } from '../messages.ts';
import type { Scenario } from '../scenario.ts';
import { drain } from './consume.ts';
import { bothLoops } from './endToEnd.ts';

/** Messages, as everywhere: some thirty entries. */
const CREDIT = 8_000;

/** Publishing and consuming at once, in one process, many messages to an entry; against an entry for each. */
export const endToEndBatched: Scenario = {
  name: 'end-to-end-batched',
  unit: 'msg/s',
  target: { atLeast: 3 },
  baselineName: 'both hand-written loops in one process, an entry a message',
  scale: 4,
  redis: true,
  async ours({ redisUrl, messages }) {
    const bus = await connect(production({ store: redisUrl, records: 'batched' }));
    function* orders() {
      for (let id = 0; id < messages; id++) yield { topic: TOPIC, data: order(id) };
    }
    return {
      run: async () => {
        await Promise.all([bus.publishMany(orders()), drain(bus, messages, CREDIT)]);
      },
      close: () => bus.close(),
    };
  },
  baseline: bothLoops,
};
