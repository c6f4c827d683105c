import { Redis } from 'ioredis';
import { check, type Order, order, TOPIC } from './messages.ts';

/** The loops a careful engineer writes with ioredis alone; what Sluice is held against. */
export const STREAM = 'bench:orders';
export const GROUP = 'bench';
const PIPELINE = 500;
const READ = 1_000;

export function client(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null });
}

/** Publishes in pipelines of 500 XADD, so many under way at once, each awaited and checked. */
export async function publishLoop(redis: Redis, count: number, underWay = 1): Promise<void> {
  const sent: Promise<void>[] = [];
  for (let first = 0; first < count; first += PIPELINE) {
    const pipeline = redis.pipeline();
    for (let id = first; id < Math.min(count, first + PIPELINE); id++) {
      const payload = JSON.stringify(order(id));
      pipeline.xadd(STREAM, '*', 'topic', TOPIC, 'payload', payload, 'type', '', 'encoding', 'json', 'meta', '');
    }
    sent.push(pipeline.exec().then(checkReplies));
    if (sent.length >= underWay) await sent.shift();
  }
  await Promise.all(sent);
}

function checkReplies(replies: readonly [Error | null, unknown][] | null): void {
  for (const [error] of replies ?? []) if (error) throw error;
}

export async function createGroup(redis: Redis): Promise<void> {
  await redis.xgroup('CREATE', STREAM, GROUP, '0', 'MKSTREAM');
}

export type Reply = [stream: string, entries: [id: string, fields: string[]][]][] | null;

/** Reads 1,000 at a time, the next read under way while one is handled, and acknowledges each read at once. */
export async function consumeLoop(reader: Redis, acker: Redis, count: number): Promise<void> {
  let handled = 0;
  const acks: Promise<unknown>[] = [];
  let next = read(reader);
  while (handled < count) {
    const reply = await next;
    const entries = reply?.[0]?.[1] ?? [];
    if (handled + entries.length < count) next = read(reader);
    const ids = entries.map(([id, fields]) => {
      check(JSON.parse(fields[3] ?? '') as Order);
      return id;
    });
    handled += ids.length;
    if (ids.length > 0) acks.push(acker.xack(STREAM, GROUP, ...ids));
  }
  await Promise.all(acks);
}

function read(redis: Redis): Promise<Reply> {
  return redis.xreadgroup(
    'GROUP',
    GROUP,
    'one',
    'COUNT',
    READ,
    'BLOCK',
    1_000,
    'STREAMS',
    STREAM,
    '>',
  ) as Promise<Reply>;
}
