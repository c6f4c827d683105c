import { Countdown, check, type Order, order } from '../messages.ts';
import type { Setting, Side } from '../scenario.ts';
import { peer } from './peer.ts';

interface Broker {
  createService(schema: object): unknown;
  start(): Promise<void>;
  stop(): Promise<void>;
  sendToChannel(channel: string, payload: unknown): Promise<void>;
}

interface Moleculer {
  readonly ServiceBroker: new (options: object) => Broker;
}

interface Channels {
  readonly Middleware: (options: object) => object;
}

const CHANNEL = 'bench.orders';
const AT_ONCE = 500;
const IN_FLIGHT = 1_000;

/** Moleculer channels on Redis Streams: 500 sent at once, 1,000 in flight. */
export async function moleculer({ redisUrl, messages }: Setting): Promise<Side> {
  const { ServiceBroker } = peer<Moleculer>('moleculer');
  const { Middleware } = peer<Channels>('@moleculer/channels');
  const countdown = new Countdown(messages);
  const broker = new ServiceBroker({ logger: false, middlewares: [Middleware({ adapter: redisUrl })] });
  broker.createService({
    name: 'bench',
    channels: {
      [CHANNEL]: {
        group: 'bench',
        maxInFlight: IN_FLIGHT,
        async handler(data: Order) {
          check(data);
          countdown.done();
        },
      },
    },
  });
  await broker.start();
  return {
    async run() {
      for (let first = 0; first < messages; first += AT_ONCE) {
        const count = Math.min(AT_ONCE, messages - first);
        await Promise.all(Array.from({ length: count }, (_, i) => broker.sendToChannel(CHANNEL, order(first + i))));
      }
      await countdown.over;
    },
    close: () => broker.stop(),
  };
}
