import { Redis } from 'ioredis';
import { lastValueFrom, mergeMap, range } from 'rxjs';
import { type Bus, type BusConfig, connect, PRIORITIES, type StoreRecord } from '../../src/index.ts';
import { eventually } from './eventually.ts';

/** What it took to take over what a dead consumer left. */
export interface EstateReport {
  readonly entries: number;
  /** Entries that were handled, and how often more than once. */
  readonly handled: number;
  readonly twice: number;
  readonly seconds: number;
  /** How much heap, and what it holds outside, the process had at the most beyond what it had before, in bytes. */
  readonly grownBytes: number;
  /** For how long the server was busy with one script, on average, in ms. */
  readonly meanCallMs: number;
  /** The longest that the server was busy with one call, in ms, and how many took longer than 5 ms. */
  readonly longestCallMs: number;
  readonly longCalls: number;
  /** How many takes it came in. */
  readonly takes: number;
}

export interface EstateOptions extends Pick<BusConfig, 'consume'> {
  readonly url: string;
  readonly entries: number;
  /** Whether it is read in the order of keys, by the only consumer of its partition. @default false */
  readonly ordered?: boolean;
}

const STREAM = 'main.0';
const PAGE = 500;

/** Leaves entries to a consumer that dies, over all tiers, and lets another take them over and handle them. */
export async function takeOverEstate({
  url,
  entries,
  consume = {},
  ordered = false,
}: EstateOptions): Promise<EstateReport> {
  const outside = new Redis(url);
  const bus = await connect({ store: url, consume, ...NOTHING_IS_TRIMMED });
  try {
    await bequeath(bus, outside, entries, ordered);
    await outside.config('SET', 'slowlog-log-slower-than', '5000');
    await outside.config('SET', 'slowlog-max-len', '100000');
    await outside.slowlog('RESET');
    await outside.config('RESETSTAT');
    return await handleAll(bus, outside, entries, ordered);
  } finally {
    await bus.close();
    outside.disconnect();
  }
}

const NOTHING_IS_TRIMMED: BusConfig = { retention: { maxEntries: Infinity, maxAgeMs: Infinity } };

async function bequeath(bus: Bus, outside: Redis, entries: number, ordered: boolean): Promise<void> {
  const call = (made: ReturnType<Bus['store']['join']>) => lastValueFrom(made, { defaultValue: undefined });
  await call(bus.store.createGroup({ stream: STREAM, group: 'heirs', pattern: 'load.*', start: 'earliest' }));
  await call(bus.store.join({ stream: STREAM, group: 'heirs', consumer: 'dead' }, 1, { exclusive: ordered }));
  const append = (page: number) =>
    bus.store.append(
      STREAM,
      Array.from({ length: PAGE }, (_, i) => record(page, i)),
    );
  await lastValueFrom(range(0, entries / PAGE).pipe(mergeMap(append, 8)));
  for (const tier of PRIORITIES) {
    const lane = `sluice:{${STREAM}}:${tier}`;
    for (let taken = 1; taken > 0; ) {
      const reply = (await outside.call('XREADGROUP', ...GROUP, 'COUNT', '5000', 'STREAMS', lane, '>')) as
        | [string, unknown[]][]
        | null;
      taken = reply?.[0]?.[1].length ?? 0;
    }
  }
}

const GROUP = ['GROUP', 'heirs', 'dead'];

/** A page of one tier, so that an append is one run of its lane. */
function record(page: number, i: number): StoreRecord {
  const priority = PRIORITIES[page % PRIORITIES.length] ?? 'normal';
  const number = page * PAGE + i;
  return {
    priority,
    topic: 'load.test',
    payload: `${number}`,
    type: '',
    encoding: 'json',
    meta: `{"key":"k${number % 97}"}`,
  };
}

function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function handleAll(bus: Bus, outside: Redis, entries: number, ordered: boolean): Promise<EstateReport> {
  const seen = new Uint8Array(entries);
  let [handled, twice, most] = [0, 0, 0];
  globalThis.gc?.();
  const before = heapBytes();
  const watch = setInterval(() => (most = Math.max(most, heapBytes() - before)), 20);
  const began = performance.now();
  const order = ordered ? { orderBy: 'key' as const } : {};
  const reading = bus.from('load.*', { group: 'heirs', ...order }).subscribe((delivery) => {
    const number = delivery.data as number;
    if (seen[number]) twice += 1;
    else handled += 1;
    seen[number] = 1;
    delivery.ack();
  });
  const done = async () => handled === entries && (await bus.stats()).groups[0]?.pending === 0;
  await eventually(done, { withinMs: 600_000, everyMs: 100 });
  const seconds = (performance.now() - began) / 1_000;
  clearInterval(watch);
  const slow = (await outside.slowlog('GET', 100_000)) as [number, number, number, string[]][];
  const longestUs = slow.reduce((longest, [, , us]) => Math.max(longest, us), 0);
  const scripts = /cmdstat_evalsha:calls=(\d+),usec=\d+,usec_per_call=([\d.]+)/;
  const [, takes = '0', meanUs = '0'] = scripts.exec(await outside.info('commandstats')) ?? [];
  reading.unsubscribe();
  return {
    entries,
    handled,
    twice,
    seconds: Math.round(seconds * 10) / 10,
    grownBytes: most,
    meanCallMs: Math.round(Number(meanUs) / 10) / 100,
    longestCallMs: Math.round(longestUs / 100) / 10,
    longCalls: slow.length,
    takes: Number(takes),
  };
}
