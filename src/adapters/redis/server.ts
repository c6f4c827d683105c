import { type StreamKeys, streamKeys } from './keys.ts';
import type { Part } from './request.ts';
import type { ScriptName } from './scripts.ts';
import type { Settings } from './settings.ts';
import type { Topology } from './topology.ts';
import type { Reply } from './valueReply.ts';

const REMEMBERED = 10_000;

/** What every part of the store works with: the servers, the keys and the scripts. */
export class Server {
  private readonly known = new Map<string, StreamKeys>();

  constructor(
    readonly settings: Settings,
    readonly topology: Topology,
  ) {}

  keys(stream: string): StreamKeys {
    const known = this.known.get(stream);
    if (known) return known;
    if (this.known.size >= REMEMBERED) this.known.clear();
    const keys = streamKeys(this.settings.namespace, stream);
    this.known.set(stream, keys);
    return keys;
  }

  /** Runs a command, whose first argument is its key. Strings come back as Buffers. */
  call<T extends Reply>(stream: string, command: string, key: string, ...args: readonly Part[]): Promise<T> {
    return this.topology.call(stream, key, [command, key, ...args]) as Promise<T>;
  }

  /** Runs a script, whose keys share a slot. Strings come back as Buffers. */
  script<T extends Reply>(
    stream: string,
    name: ScriptName,
    keys: readonly string[],
    args: readonly Part[],
  ): Promise<T> {
    return this.topology.script(stream, keys[0] as string, name, [keys.length, ...keys, ...args]) as Promise<T>;
  }
}
