import { existsSync } from 'node:fs';
import { installRedis } from './installRedis.ts';
import { which } from './which.ts';

const HOW_TO =
  'The tests run a real redis-server: `apt-get install redis-server` (Debian, Ubuntu) or `brew install redis` (macOS) ' +
  'gives one; on Windows use WSL or Memurai; or set SLUICE_REDIS_SERVER to the path of one.';

const onPath = (): string | undefined => which('redis-server', 'valkey-server', 'memurai');

async function find(): Promise<string> {
  const named = process.env['SLUICE_REDIS_SERVER'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`SLUICE_REDIS_SERVER names ${named}, which does not exist.`);
  }
  const present = onPath();
  if (present !== undefined) return present;
  const reason = await installRedis();
  const installed = onPath();
  if (installed !== undefined) return installed;
  throw new Error(reason === undefined ? HOW_TO : `${HOW_TO} (Tried to install it: ${reason}.)`);
}

let found: Promise<string> | undefined;

/** The path of a redis-server, installed first if there is none; looked for once a process. */
export function findRedisServer(): Promise<string> {
  found ??= find();
  return found;
}
