import type { RedisOptions } from 'ioredis';
import { InvalidOptionError } from '../../core/errors.ts';
import { type Endpoint, nameOf } from './endpoint.ts';
import { type ParsedUrl, parseUrl } from './parseUrl.ts';
import type { RedisStoreOptions } from './redisStoreOptions.ts';

type ClientOptions = Pick<RedisOptions, 'username' | 'password' | 'db' | 'tls' | 'enableReadyCheck'>;

/** Which server it is that has a key. */
export type Layout =
  | { readonly kind: 'single'; readonly at: Endpoint }
  | {
      readonly kind: 'sentinel';
      readonly master: string;
      readonly sentinels: readonly Endpoint[];
      /** How to sign in to the sentinels. Holds their password. */
      readonly client: ClientOptions;
    }
  | { readonly kind: 'cluster'; readonly seeds: readonly Endpoint[] };

/** The options of a store, checked, with their defaults. */
export interface Settings {
  /** How to sign in, for ioredis. Holds the password. */
  readonly client: ClientOptions;
  readonly layout: Layout;
  readonly address: string;
  readonly port: number;
  /** `host:port`, the path of the socket, or the servers that were named, for messages. */
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
  const given: ParsedUrl = { ...(url === undefined ? {} : parseUrl(url)), ...defined(options) };
  const { port = 6379, username, password, db = 0, tls = false } = given;
  checkNumber('port', port, 1, 65_535);
  checkNumber('db', db, 0);
  checkNumber('connections', connections, 2);
  checkNumber('connectTimeoutMs', connectTimeoutMs, 1);
  checkNumber('commandTimeoutMs', commandTimeoutMs, 1);
  checkNumber('blockMs', blockMs, 1);
  checkNamespace(namespace);
  const layout = layoutOf(given);
  const client: ClientOptions = { db };
  if (username) client.username = username;
  if (password) client.password = password;
  if (tls) client.tls = tls === true ? {} : tls;
  const times = { connectTimeoutMs, commandTimeoutMs, blockMs };
  return { client, layout, ...placeOf(layout), namespace, connections, ...times };
}

function layoutOf(given: ParsedUrl): Layout {
  const { host, port, path, db = 0, tls = false, cluster, sentinels, sentinelUsername, sentinelPassword } = given;
  if (!cluster && !sentinels) {
    return { kind: 'single', at: path === undefined ? { host: host ?? 'localhost', port: port ?? 6379 } : { path } };
  }
  for (const [option, value] of Object.entries({ host, port, path })) {
    if (value !== undefined)
      throw new InvalidOptionError(option, value, 'nothing beside a URL that names several servers');
  }
  if (cluster) {
    if (db !== 0) throw new InvalidOptionError('db', db, '0: a Redis Cluster has no other database');
    return { kind: 'cluster', seeds: cluster };
  }
  // INFO would ask for a right more, and a sentinel is ready when it answers.
  const client: ClientOptions = { enableReadyCheck: false };
  if (sentinelUsername) client.username = sentinelUsername;
  if (sentinelPassword) client.password = sentinelPassword;
  if (tls) client.tls = tls === true ? {} : tls;
  const { master, at } = sentinels as NonNullable<typeof sentinels>;
  return { kind: 'sentinel', master, sentinels: at, client };
}

function placeOf(layout: Layout): Pick<Settings, 'address' | 'port' | 'where'> {
  const named = layout.kind === 'single' ? [layout.at] : layout.kind === 'cluster' ? layout.seeds : layout.sentinels;
  const [first] = named as readonly [Endpoint];
  const all = named.map(nameOf).join(',');
  const where = layout.kind === 'sentinel' ? `${layout.master} (by ${all})` : all;
  return 'path' in first ? { address: first.path, port: 0, where } : { address: first.host, port: first.port, where };
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
