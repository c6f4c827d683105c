/**
 * What it costs the server and this process to read entries in several ways; decision 0015 has the figures.
 *
 *     npx tsx --expose-gc bench/experiments/reading.ts
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { EntriesReply } from '../../src/adapters/redis/entriesReply.ts';
import { readHands } from '../../src/adapters/redis/packedEntries.ts';
import { PackedReply } from '../../src/adapters/redis/packedReply.ts';
import { requestOf } from '../../src/adapters/redis/request.ts';
import { ValueReply } from '../../src/adapters/redis/valueReply.ts';
import { Wire } from '../../src/adapters/redis/wire.ts';
import { startRedis } from '../../test/support/redisServer.ts';
import { order } from '../messages.ts';

const MESSAGES = 200_000;
const PAGE = 500;
const LANE = 'x:{main.0}:normal';

const PACK = `local r = redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', ARGV[1], 'STREAMS', KEYS[1], '>')
return cmsgpack.pack({ 3, 0, r[1][2] })`;
const SETTLE = `redis.call('XACK', KEYS[1], 'g', unpack(ARGV)) return 1`;
const LOOK = `return { redis.call('TIME'), redis.call('ZSCORE', KEYS[1] .. ':members', 'c'), redis.call('SMEMBERS', KEYS[1] .. ':fallen') }`;
const BOTH = `redis.call('XACK', KEYS[1], 'g', unpack(ARGV)) ${LOOK}`;

class Bench {
  private constructor(
    private readonly admin: Redis,
    private readonly socket: Socket,
    private readonly wire: Wire,
    private readonly resp3: Redis,
  ) {}

  static async open(url: string): Promise<Bench> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').setNoDelay(true);
    await once(socket, 'connect');
    return new Bench(new Redis(url, { protocol: 2 }), socket, new Wire(socket), new Redis(url, { protocol: 3 }));
  }

  close(): void {
    this.admin.disconnect();
    this.resp3.disconnect();
    this.socket.destroy();
  }

  async fill(): Promise<void> {
    await this.admin.flushall();
    await this.admin.xgroup('CREATE', LANE, 'g', '0', 'MKSTREAM');
    for (let first = 0; first < MESSAGES; first += PAGE) {
      const pipeline = this.admin.pipeline();
      for (let id = first; id < first + PAGE; id += 1) {
        const payload = JSON.stringify(order(id));
        pipeline.xadd(
          LANE,
          '*',
          'topic',
          'bench.orders.new',
          'payload',
          payload,
          'type',
          '',
          'encoding',
          'json',
          'meta',
          '',
        );
      }
      await pipeline.exec();
    }
  }

  /** Runs a way of reading, page by page, and prints its cost a message. */
  async time(name: string, page: () => Promise<unknown>): Promise<void> {
    globalThis.gc?.();
    const server = await this.serverSeconds();
    const own = process.cpuUsage();
    for (let done = 0; done < MESSAGES; done += PAGE) await page();
    const { user, system } = process.cpuUsage(own);
    const perMessage = (seconds: number) => ((seconds * 1e6) / MESSAGES).toFixed(2).padStart(6);
    const served = (await this.serverSeconds()) - server;
    process.stdout.write(
      `${name.padEnd(46)}server ${perMessage(served)} µs   Node ${perMessage((user + system) / 1e6)} µs\n`,
    );
  }

  async packed(): Promise<unknown> {
    const reply = new PackedReply((await this.admin.callBuffer('EVAL', PACK, 1, LANE, PAGE)) as Buffer);
    return readHands(reply).map(({ payload }) => JSON.parse(String(payload)));
  }

  async arrays(protocol: 2 | 3): Promise<unknown> {
    const client = protocol === 2 ? this.admin : this.resp3;
    const reply = await client.xreadgroup('GROUP', 'g', 'c', 'COUNT', PAGE, 'STREAMS', LANE, '>');
    const [[, entries]] = reply as [[string, [string, string[]][]]];
    return entries.map(([, fields]) => JSON.parse(fields[3] as string));
  }

  async ownReply(): Promise<unknown> {
    const answer = new EntriesReply();
    await this.wire.ask([READ], answer);
    return answer.entries.map(({ payload }) => JSON.parse(payload as string));
  }

  /** The ids of every entry, which all are pending then. */
  async ids(): Promise<readonly string[]> {
    const rows = (await this.admin.xpending(LANE, 'g', '-', '+', MESSAGES)) as [string][];
    return rows.map(([id]) => id);
  }

  async run(...parts: readonly (string | number)[]): Promise<void> {
    await this.wire.ask([requestOf(parts)], new ValueReply());
  }

  async inText(): Promise<unknown> {
    const whole = new WholeText();
    await this.wire.ask([READ], whole);
    return whole.payloads().map((payload) => JSON.parse(payload));
  }

  private async serverSeconds(): Promise<number> {
    const info = await this.admin.info('cpu');
    return Number(/used_cpu_user:(\S+)/.exec(info)?.[1]) + Number(/used_cpu_sys:(\S+)/.exec(info)?.[1]);
  }
}

const READ = requestOf(['XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', PAGE, 'STREAMS', LANE, '>']);

/** The whole answer as one text, of which payloads are slices; for ASCII only. Counts fields to know the end. */
class WholeText {
  private text = '';

  take(bytes: { bytes: Buffer; at: number }): boolean {
    this.text += bytes.bytes.toString('latin1', bytes.at);
    bytes.at = bytes.bytes.length;
    return this.text.split('$4\r\nmeta\r\n$0\r\n\r\n').length > PAGE;
  }

  payloads(): string[] {
    const found: string[] = [];
    for (let at = this.text.indexOf('payload\r\n$'); at >= 0; at = this.text.indexOf('payload\r\n$', at)) {
      const line = this.text.indexOf('\r\n', at + 10);
      const length = Number(this.text.slice(at + 10, line));
      at = line + 2 + length;
      found.push(this.text.slice(line + 2, at));
    }
    return found;
  }
}

async function main(): Promise<void> {
  await using server = await startRedis();
  const bench = await Bench.open(server.url);
  for (let round = 0; round < 2; round += 1) {
    await bench.fill();
    await bench.time('packed by cmsgpack in a script', () => bench.packed());
    await bench.fill();
    await bench.time("XREADGROUP, ioredis's reply, RESP2", () => bench.arrays(2));
    await bench.fill();
    await bench.time("XREADGROUP, ioredis's reply, RESP3", () => bench.arrays(3));
    await bench.fill();
    await bench.time('XREADGROUP, own decoder, RESP2', () => bench.ownReply());
    await bench.fill();
    await bench.time('XREADGROUP, one text for all, slices of it', () => bench.inText());
    let ids = await bench.ids();
    const next = (count: number) => {
      const part = ids.slice(0, count);
      ids = ids.slice(count);
      return part;
    };
    await bench.time('settle and look, two scripts', async () => {
      await bench.run('EVAL', SETTLE, 1, LANE, ...next(PAGE));
      await bench.run('EVAL', LOOK, 1, LANE);
    });
    await bench.fill();
    for (let done = 0; done < MESSAGES; done += PAGE) await bench.ownReply();
    ids = await bench.ids();
    await bench.time('settle and look, one script', () => bench.run('EVAL', BOTH, 1, LANE, ...next(PAGE)));
  }
  bench.close();
}

await main();
