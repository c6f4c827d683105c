import type { Redis } from 'ioredis';
import { UnsupportedServerError } from '../../core/storeErrors.ts';

/** Redis 7.0: scripts that may run when the memory is full, pending lists that forget deleted entries, group lag. */
const NEEDED = [7, 0] as const;

/**
 * Resolves to the server's run id, new at each start.
 *
 * @throws {UnsupportedServerError} if the server is too old
 */
export async function checkServer(client: Redis, where: string): Promise<string> {
  const info = await client.info('server');
  const found = fieldOf(info, 'redis_version') ?? 'unknown';
  const [major = 0, minor = 0] = found.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return fieldOf(info, 'run_id') ?? '';
  throw new UnsupportedServerError(
    `the server at ${where} is Redis ${found}: Sluice needs Redis ${NEEDED.join('.')} or newer`,
  );
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
}
