import type { ConnectionOptions } from 'node:tls';

/** Where the server is and how it is used. A field given beside `url` wins over what the URL says. */
export interface RedisStoreOptions {
  /**
   * `redis://user:password@host:port/db`, `rediss://` for TLS, or `unix:/path/to/socket`; or several servers:
   * `redis+sentinel://user:password@host:26379,host:26379/master/db`, the sentinels and the name of what they watch;
   * `redis+cluster://user:password@host:port,host:port`, some nodes of a Redis Cluster, which name the others. With TLS
   * these begin with `rediss+`.
   * @default redis://localhost:6379
   */
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  /** A Unix socket, instead of host and port. */
  readonly path?: string;
  readonly username?: string;
  readonly password?: string;
  /** For sentinels that ask for credentials of their own. */
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** The number of the database; a Redis Cluster has 0 only. @default 0 */
  readonly db?: number;
  /** TLS, with the options of `tls.connect` if need be. @default as the URL says */
  readonly tls?: boolean | ConnectionOptions;
  /** What every key begins with. @default 'sluice' */
  readonly namespace?: string;
  /**
   * The most connections to the server, on a Cluster to each master, from 2. They open as they are needed. A quarter, one at least, is shared by all
   * commands; each read that waits for messages has one of the others to itself. Reads beyond that look for messages ten
   * times a second instead: give as many as there are sources and views, and a third more.
   * @default 5
   */
  readonly connections?: number;
  /** How long a connection may take until it can be used, in ms. @default 5_000 */
  readonly connectTimeoutMs?: number;
  /** How long a command may take before its connection is given up and replaced, in ms. @default 10_000 */
  readonly commandTimeoutMs?: number;
  /**
   * The longest single wait on the server, in ms: what others released, and a lease that ran out, is noticed within it.
   * @default 1_000
   */
  readonly blockMs?: number;
}
