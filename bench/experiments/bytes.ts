/**
 * What messages cost in a server's memory: kept, in hand, waiting for a retry, dead-lettered. The guide's page on
 * operations has the figures.
 *
 *     npx tsx bench/experiments/bytes.ts
 */
import { Redis } from 'ioredis';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { connect, PRIORITIES, redisStore, type StreamStore } from '../../src/index.ts';
import { startRedis } from '../../test/support/redisServer.ts';

const STREAM = 'main.0';
const SIZES = [100, 200, 1_000, 10_000];
const FORMS = [{ records: 'single' }, { records: 'batched' }, { records: 'batched', compression: 'zstd' }] as const;

/** JSON of so many bytes, with the same names and many words that hardly repeat. */
function dataOf(number: number, bytes: number): object {
  const fixed = {
    id: `order-${number}`,
    symbol: ['ACME', 'INITECH', 'HOOLI'][number % 3],
    qty: (number * 7919) % 1_000,
  };
  const words: string[] = [];
  let size = JSON.stringify({ ...fixed, note: '' }).length;
  for (let word = 1, random = number + 1; size + 8 <= bytes; word += 1, size += 8) {
    random = (Math.imul(random, 1_664_525) + Math.imul(word, 1_013_904_223)) >>> 0;
    words.push(`w${(random >>> 8) % 1_000_000}`.padEnd(7, '-'));
  }
  return { ...fixed, note: words.join(' ') };
}

async function used(admin: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await admin.info('memory'))?.[1]);
}

async function kept(admin: Redis, url: string, bytes: number, form: (typeof FORMS)[number]): Promise<number> {
  await admin.flushall();
  const count = Math.min(50_000, Math.floor(50_000_000 / bytes));
  await using bus = await connect({ store: url, ...form, retention: { maxEntries: Infinity } });
  const before = await used(admin);
  await bus.publishMany(
    Array.from({ length: count }, (_, n) => ({ topic: 'bench.orders.new', data: dataOf(n, bytes) })),
  );
  return ((await used(admin)) - before) / count;
}

const MEMBER = { stream: STREAM, group: 'g', consumer: 'bench-1' };
const PAGE = 500;

/** An empty server with one member of one group. */
async function entered(admin: Redis, store: StreamStore): Promise<void> {
  await admin.flushall();
  await lastValueFrom(store.createGroup({ stream: STREAM, group: 'g', pattern: '*', start: 'earliest' }));
  await lastValueFrom(store.join(MEMBER, 600_000));
}

async function appendPage(store: StreamStore): Promise<void> {
  const payload = JSON.stringify(dataOf(1, 200));
  const record = {
    priority: 'normal',
    topic: 'bench.orders.new',
    payload,
    type: '',
    encoding: 'json',
    meta: '',
  } as const;
  await firstValueFrom(
    store.append(
      STREAM,
      Array.from({ length: PAGE }, () => record),
    ),
  );
}

/** What each of these adds to an entry: in hand, waiting for its retry, dead-lettered. */
async function owed(admin: Redis, store: StreamStore): Promise<Record<string, number>> {
  const count = 20_000;
  await entered(admin, store);
  for (let n = 0; n < count; n += PAGE) await appendPage(store);
  const none = { critical: 0, high: 0, normal: 0, low: 0 };
  const take = async () => {
    const entries = [];
    while (entries.length < count) {
      const request = { member: MEMBER, credit: { ...none, normal: PAGE }, waitMs: 0, inHand: () => [] };
      entries.push(...(await firstValueFrom(store.take(request))).entries);
    }
    return entries;
  };
  const figures: Record<string, number> = {};
  let before = await used(admin);
  const step = async (name: string) => {
    const now = await used(admin);
    figures[name] = (now - before) / count;
    before = now;
  };
  const entries = await take();
  await step('in hand');
  const settle = async (outcome: Parameters<StreamStore['settle']>[1][number]['outcome']) => {
    for (let n = 0; n < count; n += PAGE) {
      const settlements = entries
        .slice(n, n + PAGE)
        .map(({ priority, id, attempt }) => ({ priority, id, attempt, outcome }));
      await lastValueFrom(store.settle(MEMBER, settlements));
    }
  };
  await settle({ kind: 'retry', delayMs: 3_600_000 });
  await step('more, waiting for a retry');
  await admin.flushall();
  return figures;
}

async function dead(admin: Redis, store: StreamStore): Promise<number> {
  const count = 10_000;
  await entered(admin, store);
  const error = new Error('the limit of the account is too low for this order');
  const credit = Object.fromEntries(PRIORITIES.map((tier) => [tier, PAGE])) as never;
  for (let n = 0; n < count; n += PAGE) {
    await appendPage(store);
    const { entries } = await firstValueFrom(store.take({ member: MEMBER, credit, waitMs: 0, inHand: () => [] }));
    const settlements = entries.map(({ priority, id, attempt }) => ({
      priority,
      id,
      attempt,
      outcome: { kind: 'reject', error } as const,
    }));
    await lastValueFrom(store.settle(MEMBER, settlements));
  }
  await admin.xtrim('sluice:{main.0}:normal', 'MAXLEN', 0);
  return Number(await admin.call('MEMORY', 'USAGE', 'sluice:{main.0}:dead', 'SAMPLES', 0)) / count;
}

const server = await startRedis();
const admin = new Redis(server.url);
const store = redisStore({ url: server.url });
const rows: Record<string, string> = {};
for (const form of FORMS) {
  const name = 'compression' in form ? `${form.records}, ${form.compression}` : form.records;
  for (const bytes of SIZES)
    rows[`${name}, ${bytes} B`] = `${(await kept(admin, server.url, bytes, form)).toFixed(0)} B`;
}
for (const [name, bytes] of Object.entries(await owed(admin, store))) rows[name] = `${bytes.toFixed(0)} B`;
rows['a dead letter of 200 B'] = `${(await dead(admin, store)).toFixed(0)} B`;
console.table(rows);
await lastValueFrom(store.close());
admin.disconnect();
await server.stop();
