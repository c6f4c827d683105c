import type { RedisOptions } from 'ioredis';
import { InvalidOptionError } from '../../core/errors.ts';
import { parseUrl } from './parseUrl.ts';
import type { RedisStoreOptions } from './redisStoreOptions.ts';

type ClientOptions = Pick<RedisOptions, 'host' | 'port' | 'path' | 'username' | 'password' | 'db' | 'tls'>;

/** The options of a store, checked, with their defaults. */
export interface Settings {
  /** How to connect, for ioredis. Holds the password. */
  readonly client: ClientOptions;
  readonly address: string;
  readonly port: number;
  /** `host:port` or the path of the socket, for messages. */
  readonly where: string;
  readonly namespace: string;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly blockMs: number;
}

/** @throws {InvalidOptionError} naming the option; never its password */
export function settingsOf(options: RedisStoreOptions): Settings {
  const { url, namespace = 'sluice', connections = 5 } = options;
  const { connectTimeoutMs = 5_000, commandTimeoutMs = 10_000, blockMs = 1_000 } = options;
  const given = { ...(url === undefined ? {} : parseUrl(url)), ...defined(options) };
  const { host = 'localhost', port = 6379, path, username, password, db = 0, tls = false } = given;
  checkNumber('port', port, 1, 65_535);
  checkNumber('db', db, 0);
  checkNumber('connections', connections, 2);
  checkNumber('connectTimeoutMs', connectTimeoutMs, 1);
  checkNumber('commandTimeoutMs', commandTimeoutMs, 1);
  checkNumber('blockMs', blockMs, 1);
  checkNamespace(namespace);
  const place = path === undefined ? { host, port } : { path };
  const client: ClientOptions = { ...place, db };
  if (username) client.username = username;
  if (password) client.password = password;
  if (tls) client.tls = tls === true ? {} : tls;
  const where = path ?? `${host}:${port}`;
  const times = { connectTimeoutMs, commandTimeoutMs, blockMs };
  return {
    client,
    address: path ?? host,
    port: path === undefined ? port : 0,
    where,
    namespace,
    connections,
    ...times,
  };
}

function defined(options: RedisStoreOptions): RedisStoreOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkNumber(option: string, got: unknown, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (typeof got === 'number' && Number.isInteger(got) && got >= least && got <= most) return;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  throw new InvalidOptionError(option, got, `a whole number from ${least}${upTo}`);
}

// Braces would move the hash tag, and with it the keys of a stream to different slots.
function checkNamespace(namespace: unknown): void {
  if (typeof namespace === 'string' && /^[^\s{}]{1,128}$/.test(namespace)) return;
  throw new InvalidOptionError('namespace', namespace, 'a name of 1 to 128 characters without white space and braces');
}
