import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer } from './findRedisServer.ts';
import { freePort } from './freePort.ts';
import { RedisServer } from './redisProcess.ts';

export type { RedisServer };

export interface RedisServerOptions {
  /** More arguments of redis-server; they win over the defaults (no persistence, a fresh folder). */
  readonly args?: readonly string[];
  readonly password?: string;
  /** @default a free one */
  readonly port?: number;
  /** Where it keeps its files; they outlive it. @default a fresh one, which goes with it */
  readonly folder?: string;
  /** A configuration file, read before `args`. */
  readonly config?: string;
}

const TRIES = 3;

// An install may take longer than the time a test has, so it has a root hook without a limit;
// a failure shows where a server is asked for, and leaves the other tests alone.
if (typeof before === 'function') {
  before('a redis-server is at hand', async function () {
    this.timeout(0);
    await findRedisServer().catch(() => undefined);
  });
}

async function launch(options: RedisServerOptions, port: number): Promise<RedisServer> {
  const { args = [], password, config } = options;
  const program = await findRedisServer();
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'sluice-redis-'));
  const defaults = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'no'];
  const secret = password === undefined ? [] : ['--requirepass', password];
  const given = [...(config === undefined ? [] : [config]), ...defaults, ...secret, ...args];
  const child = spawn(program, given, { stdio: ['ignore', 'pipe', 'pipe'] });
  const server = new RedisServer(child, options.folder === undefined ? folder : undefined, port, password);
  await server.answers();
  return server;
}

// Another process may take the free port before the server binds it.
const lostThePort = (error: unknown): boolean => error instanceof Error && error.message.includes('already in use');

/**
 * Starts a redis-server; resolves once it answers PING.
 *
 * @throws {Error} with the server's log if it ends instead
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  if (options.port !== undefined) return launch(options, options.port);
  for (let tried = 1; ; tried += 1) {
    try {
      return await launch(options, await freePort());
    } catch (error) {
      if (tried === TRIES || !lostThePort(error)) throw error;
    }
  }
}
