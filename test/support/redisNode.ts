import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { freePort } from './freePort.ts';
import { type RedisServer, startRedis } from './redisServer.ts';

export interface RedisNodeOptions {
  /** More arguments of redis-server. */
  readonly args?: readonly string[];
  /** The text of a configuration file, which the server may write to. */
  readonly config?: string;
}

/** A server of a topology: it can be killed, frozen, and started again on the same port with the files it left. */
export class RedisNode {
  readonly where: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'sluice-node-'));
  private readonly file: string | undefined;
  private server: RedisServer | undefined;
  private frozen = false;

  static async start(options: RedisNodeOptions = {}): Promise<RedisNode> {
    const node = new RedisNode(await freePort(), options);
    await node.start();
    return node;
  }

  private constructor(
    readonly port: number,
    private readonly options: RedisNodeOptions,
  ) {
    this.where = `127.0.0.1:${port}`;
    if (options.config === undefined) return;
    this.file = join(this.folder, 'node.conf');
    writeFileSync(this.file, options.config);
  }

  get url(): string {
    return `redis://${this.where}`;
  }

  /** Whether it runs and is not frozen. */
  get up(): boolean {
    return this.server?.running === true && !this.frozen;
  }

  /** The last of what it wrote. */
  get log(): string {
    return this.server?.log ?? '';
  }

  /** Starts it, again after a kill; its files are those that it left. */
  async start(): Promise<void> {
    const { folder, port } = this;
    const config = this.file === undefined ? {} : { config: this.file };
    this.frozen = false;
    this.server = await startRedis({ args: this.options.args ?? [], port, folder, ...config });
  }

  /** Ends it as `kill -9` does; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.server?.kill('SIGKILL');
  }

  /** Freezes it: its sockets stay open and nothing answers. */
  pause(): void {
    this.frozen = true;
    this.server?.pause();
  }

  resume(): void {
    this.frozen = false;
    this.server?.resume();
  }

  /** Runs a command on a connection of its own. */
  async run(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const client = new Redis(this.port, '127.0.0.1', {
      lazyConnect: true,
      retryStrategy: null,
      connectTimeout: 1_000,
      commandTimeout: 5_000,
    });
    client.on('error', () => undefined);
    try {
      return await client.call(command, ...args);
    } finally {
      client.disconnect();
    }
  }

  /** A section of INFO as an object. */
  async info(section: string): Promise<Readonly<Record<string, string>>> {
    const text = String(await this.run('INFO', section));
    return Object.fromEntries([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
  }

  /** How much of its master's log it has, or of its own if it is one. */
  async offset(): Promise<number> {
    const { role, slave_repl_offset: followed, master_repl_offset: own } = await this.info('replication');
    return Number(role === 'slave' ? followed : own);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Resolves when those that are up follow the master and have what it had when it was asked. One that was a master itself
 * and is back learns only some ten seconds later that it follows another; until then its data and its offset are its own,
 * and put in the master's place it would bring them back.
 */
export async function followed(master: RedisNode, replicas: readonly RedisNode[], withinMs = 30_000): Promise<void> {
  const offset = await master.offset();
  for (const replica of replicas.filter(({ up }) => up)) {
    await eventually(
      async () => {
        const { role, master_port: port, master_link_status: link } = await replica.info('replication');
        if (role !== 'slave' || Number(port) !== master.port || link !== 'up') {
          throw new Error(`${replica.where} does not follow ${master.where} yet`);
        }
        return (await replica.offset()) >= offset;
      },
      { withinMs, everyMs: 50 },
    );
  }
}
