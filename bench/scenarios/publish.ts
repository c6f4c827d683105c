import { connect, production } from 'sluice';
import { client, publishLoop } from '../handWritten.ts';
import { order, TOPIC } from '../messages.ts';
import type { Scenario, Setting, Side } from '../scenario.ts';

function* orders(count: number) {
  for (let id = 0; id < count; id++) yield { topic: TOPIC, data: order(id) };
}

/** Publishing to Redis, each message confirmed by the store. */
export const publish: Scenario = {
  name: 'publish',
  unit: 'msg/s',
  target: { atLeast: 2.2 },
  baselineName: 'ioredis pipelines of 500 XADD',
  scale: 3,
  redis: true,
  async ours({ redisUrl, messages }) {
    const bus = await connect(production({ store: redisUrl }));
    return {
      run: async () => {
        await bus.publishMany(orders(messages));
      },
      close: () => bus.close(),
    };
  },
  baseline: (setting) => loop(setting, 1),
};

/** The same against a loop that does not wait for one pipeline before it sends the next. */
export const publishOverlapped: Scenario = {
  ...publish,
  name: 'publish-overlapped',
  target: { atLeast: 1 },
  baselineName: 'ioredis pipelines of 500 XADD, two under way',
};

async function loop({ redisUrl, messages }: Setting, underWay: number): Promise<Side> {
  const redis = client(redisUrl);
  await redis.ping();
  return { run: () => publishLoop(redis, messages, underWay), close: async () => redis.disconnect() };
}
