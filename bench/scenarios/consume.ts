import { acknowledge, type Bus, connect, type Delivery, handle, production } from 'sluice';
import { client, consumeLoop, createGroup, publishLoop } from '../handWritten.ts';
import { Countdown, check, type Order, order, TOPIC } from '../messages.ts';
import type { Scenario } from '../scenario.ts';

/** Reads, decodes, handles and acknowledges each message; resolves when the store knows of the last. */
export async function drain(bus: Bus, messages: number, credit = 2_000): Promise<void> {
  const countdown = new Countdown(messages);
  const subscription = bus
    .from('bench.*', { group: 'bench', credit })
    .pipe(
      handle((data) => check(data as Order)),
      acknowledge(),
    )
    .subscribe((_: Delivery) => countdown.done());
  await countdown.over;
  subscription.unsubscribe();
}

/** Consuming from Redis what is already there. */
export const consume: Scenario = {
  name: 'consume',
  unit: 'msg/s',
  target: { atLeast: 1 },
  baselineName: 'overlapped XREADGROUP 1,000 + XACK',
  scale: 3,
  redis: true,
  async ours({ redisUrl, messages }) {
    const bus = await connect(production({ store: redisUrl }));
    await bus.publishMany(Array.from({ length: messages }, (_, id) => ({ topic: TOPIC, data: order(id) })));
    return { run: () => drain(bus, messages), close: () => bus.close() };
  },
  async baseline({ redisUrl, messages }) {
    const [reader, acker] = [client(redisUrl), client(redisUrl)];
    await createGroup(reader);
    await publishLoop(reader, messages);
    return {
      run: () => consumeLoop(reader, acker, messages),
      close: async () => {
        reader.disconnect();
        acker.disconnect();
      },
    };
  },
};
