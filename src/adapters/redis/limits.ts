import type { RateLimits, TokenGrant, TokenRequest } from '../../core/store.ts';
import { limitKey } from './keys.ts';
import type { Server } from './server.ts';

type TokensReply = readonly [granted: number, waitMs: number, rate: Buffer, burst: Buffer];

/** Takes tokens of a limit; one that is not there begins with the limits given. */
export async function takeTokens(server: Server, limit: string, { want, limits }: TokenRequest): Promise<TokenGrant> {
  const [granted, waitMs, rate, burst] = await tokens(server, limit, want, limits, 'begin');
  return { granted, waitMs, limits: { rate: Number(rate), burst: Number(burst) } };
}

/** Changes a limit. */
export async function setLimits(server: Server, limit: string, limits: RateLimits): Promise<void> {
  await tokens(server, limit, 0, limits, 'set');
}

function tokens(
  server: Server,
  limit: string,
  want: number,
  { rate, burst }: RateLimits,
  mode: 'begin' | 'set',
): Promise<TokensReply> {
  return server.script(limit, 'tokens', [limitKey(server.settings.namespace, limit)], [want, rate, burst, mode]);
}
