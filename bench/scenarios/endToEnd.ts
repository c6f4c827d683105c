import { connect, production } from 'sluice';
import { client, consumeLoop, createGroup, publishLoop } from '../handWritten.ts';
import { order, TOPIC } from '../messages.ts';
import type { Scenario, Setting, Side } from '../scenario.ts';
import { drain } from './consume.ts';

/** Publishing and consuming at once, in one process. */
export const endToEnd: Scenario = {
  name: 'end-to-end',
  unit: 'msg/s',
  target: { atLeast: 1 },
  baselineName: 'both hand-written loops in one process',
  scale: 2,
  redis: true,
  async ours({ redisUrl, messages }) {
    const bus = await connect(production({ store: redisUrl }));
    function* orders() {
      for (let id = 0; id < messages; id++) yield { topic: TOPIC, data: order(id) };
    }
    return {
      run: async () => {
        await Promise.all([bus.publishMany(orders()), drain(bus, messages)]);
      },
      close: () => bus.close(),
    };
  },
  baseline: bothLoops,
};

/** Both hand-written loops at once, an entry of Redis for each message. */
export async function bothLoops({ redisUrl, messages }: Setting): Promise<Side> {
  const clients = [client(redisUrl), client(redisUrl), client(redisUrl)] as const;
  const [writer, reader, acker] = clients;
  await createGroup(writer);
  return {
    run: async () => {
      await Promise.all([publishLoop(writer, messages), consumeLoop(reader, acker, messages)]);
    },
    close: async () => {
      for (const redis of clients) redis.disconnect();
    },
  };
}
