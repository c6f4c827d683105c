import type { Redis } from 'ioredis';
import type { Connections } from './connections.ts';
import { type StreamKeys, streamKeys } from './keys.ts';
import { runScript, type ScriptName } from './scripts.ts';
import type { Settings } from './settings.ts';

const REMEMBERED = 10_000;

/** What every part of the store works with: the pool, the keys and the scripts. */
export class Server {
  private readonly known = new Map<string, StreamKeys>();

  constructor(
    readonly settings: Settings,
    readonly connections: Connections,
  ) {}

  keys(stream: string): StreamKeys {
    const known = this.known.get(stream);
    if (known) return known;
    if (this.known.size >= REMEMBERED) this.known.clear();
    const keys = streamKeys(this.settings.namespace, stream);
    this.known.set(stream, keys);
    return keys;
  }

  /** Sends commands on the stream's connection. */
  run<T>(stream: string, send: (client: Redis) => Promise<T>): Promise<T> {
    return this.connections.of(stream).run(send);
  }

  /** Runs a script on the stream's connection. Strings come back as Buffers. */
  script<T>(
    stream: string,
    name: ScriptName,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<T> {
    return this.run(stream, (client) => runScript(client, name, keys, args)) as Promise<T>;
  }
}
