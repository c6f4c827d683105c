import { acknowledge, type Bus, connect, handle, type Priority, production } from 'sluice';
import type { Consumer } from '../../src/cli/bench/measuring/consume.ts';
import { Pump } from '../../src/cli/bench/measuring/pump.ts';
import { type SteadyFigures, type SteadySetup, steadyRate } from '../../src/cli/bench/measuring/steadyRate.ts';
import { client, createGroup, GROUP, type Reply, STREAM } from '../handWritten.ts';
import { order, TOPIC } from '../messages.ts';
import type { Finding, Scenario, Setting, Side } from '../scenario.ts';

const PER_SECOND = 1_000;
/** 100,000 messages are asked for as a rule: five seconds. */
const SCALE = 0.05;
const LOW_WAITING = 5_000;
const LOW_CHUNK = 100;
/** An order that is only there to keep the others company. */
const LOW_ID = -1;

/** The critical tier of an idle bus against bare commands: generator and consumer in this process on both sides. */
export const latencyIdle: Scenario = {
  name: 'latency-idle',
  group: 'latency',
  unit: 'ms p99',
  better: 'lower',
  baselineName: 'bare XADD to a blocked XREADGROUP',
  target: { atMost: 1.5 },
  note: '1,000 msg/s, each from when it was due until its handler has it; generator and consumer in one process',
  scale: SCALE,
  redis: true,
  ours: (setting) => critical(setting, false),
  baseline: bare,
};

/** The critical tier past a low tier that is always full, against the same on an idle bus. */
export const latencyLoaded: Scenario = {
  name: 'latency-loaded',
  group: 'latency',
  unit: 'ms p99',
  better: 'lower',
  baselineName: 'the same on an idle bus',
  target: { atMost: 5 },
  note: 'critical messages at 1,000 msg/s past a low tier of which 5,000 always wait; all in one process',
  scale: SCALE,
  redis: true,
  ours: (setting) => critical(setting, true),
  baseline: (setting) => critical(setting, false),
};

async function critical({ redisUrl, messages }: Setting, saturated: boolean): Promise<Side> {
  const [sender, receiver, company] = await Promise.all([
    connect(production({ store: redisUrl })),
    connect(production({ store: redisUrl })),
    connect(production({ store: redisUrl, publish: { linger: 0 } })),
  ]);
  let low = 0;
  const pump = new Pump({
    producers: [company],
    chunk: LOW_CHUNK,
    message: () => ({ topic: TOPIC, data: order(LOW_ID), priority: 'low' }),
    room: (published) => published - low < LOW_WAITING,
    published: () => {},
  });
  const send = (id: number) => sender.publish(TOPIC, order(id), { priority: 'critical' satisfies Priority });
  const handled = (id: number) => {
    if (id === LOW_ID) low += 1;
    return id !== LOW_ID;
  };
  return {
    async run() {
      const fromMs = performance.now();
      const pumping = saturated ? pump.run() : undefined;
      const figures = await steadyRate(steady(messages, send, (consumer) => read(receiver, handled, consumer)));
      const extra = saturated ? { 'low msg/s': (low / (performance.now() - fromMs)) * 1_000 } : {};
      pump.stop();
      await pumping;
      return finding(figures, extra);
    },
    close: async () => void (await Promise.all([sender, receiver, company].map((bus) => bus.close()))),
  };
}

function read(bus: Bus, counts: (id: number) => boolean, { handled, failed }: Consumer) {
  return bus
    .from('bench.*', { group: GROUP })
    .pipe(
      handle((data) => {
        const { id } = data as { readonly id: number };
        if (counts(id)) handled({ n: id });
      }),
      acknowledge(),
    )
    .subscribe({ error: failed });
}

async function bare({ redisUrl, messages }: Setting): Promise<Side> {
  const clients = [client(redisUrl), client(redisUrl), client(redisUrl)] as const;
  const [writer, reader, acker] = clients;
  await createGroup(writer);
  const send = (id: number) =>
    writer.xadd(
      STREAM,
      '*',
      'topic',
      TOPIC,
      'payload',
      JSON.stringify(order(id)),
      'type',
      '',
      'encoding',
      'json',
      'meta',
      '',
    );
  const readUntilClosed = async ({ handled, failed }: Consumer) => {
    for (;;) {
      const reply = (await reader.xreadgroup(
        'GROUP',
        GROUP,
        'one',
        'COUNT',
        1_000,
        'BLOCK',
        1_000,
        'STREAMS',
        STREAM,
        '>',
      )) as Reply;
      const entries = reply?.[0]?.[1] ?? [];
      const ids = entries.map(([id, fields]) => {
        handled({ n: JSON.parse(fields[3] ?? '').id });
        return id;
      });
      // Not awaited: the next read need not wait for it.
      if (ids.length > 0) acker.xack(STREAM, GROUP, ...ids).catch(failed);
    }
  };
  return {
    run: async () =>
      finding(
        await steadyRate(
          steady(messages, send, (consumer) => {
            // It ends when its connection does.
            readUntilClosed(consumer).catch(() => undefined);
            return { unsubscribe: () => reader.disconnect() };
          }),
        ),
      ),
    close: async () => {
      for (const redis of clients) redis.disconnect();
    },
  };
}

function steady(messages: number, send: SteadySetup['send'], reader: SteadySetup['readers'][number]): SteadySetup {
  return {
    perSecond: PER_SECOND,
    durationMs: (messages / PER_SECOND) * 1_000,
    send,
    readers: [reader],
    signal: new AbortController().signal,
    onSample: () => {},
  };
}

function finding({ latency, lateness, unhandled, refused }: SteadyFigures, extra: Finding['extra'] = {}): Finding {
  if (latency === undefined || unhandled + refused > 0) {
    throw new Error(`${unhandled} messages were not handled, ${refused} refused`);
  }
  const { '50': p50 = Number.NaN, '99': p99 = Number.NaN, '99.9': p999 = Number.NaN } = latency.percentilesMs;
  const late = lateness?.percentilesMs['99'] ?? Number.NaN;
  return { figure: p99, extra: { 'p50 ms': p50, 'p99.9 ms': p999, 'sent late p99 ms': late, ...extra } };
}
