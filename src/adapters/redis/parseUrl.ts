import { InvalidOptionError } from '../../core/errors.ts';
import type { RedisStoreOptions } from './redisStoreOptions.ts';

const TAKES = 'redis://user:password@host:port/db, rediss:// for TLS, or unix:/path/to/socket';

/** @throws {InvalidOptionError} without the user and password of the URL */
export function parseUrl(text: string): RedisStoreOptions {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'unix:' && url.pathname.startsWith('/')) return { path: decode(url.pathname, text) };
  if (!url || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '') refuse(text);
  const db = url.pathname.slice(1);
  if (!/^\d*$/.test(db)) refuse(text);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    tls: url.protocol === 'rediss:',
    ...(url.port !== '' && { port: Number(url.port) }),
    ...(url.username !== '' && { username: decode(url.username, text) }),
    ...(url.password !== '' && { password: decode(url.password, text) }),
    ...(db !== '' && { db: Number(db) }),
  };
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return refuse(text);
  }
}

function refuse(text: string): never {
  throw new InvalidOptionError('url', text.replace(/^([^/]*\/\/)?.*@/s, '$1***@'), TAKES);
}
