import { EMPTY, firstValueFrom, type Observable } from 'rxjs';
import { memoryStore } from '../adapters/memory/index.ts';
import { redisStore } from '../adapters/redis/index.ts';
import type { StreamStore } from '../core/store.ts';
import { PartitionsError } from '../core/storeErrors.ts';
import type { Bus } from './bus.ts';
import { type BusConfig, type ResolvedConfig, resolveConfig } from './config.ts';
import { durabilities } from './durabilities.ts';
import { StoreBus } from './storeBus.ts';
import { StreamMap } from './streams.ts';

/**
 * Connects a bus: to nothing but this process's memory by default, to Redis with a URL or a configuration.
 *
 * @example
 * await using embedded = await connect();
 * await using local = await connect('redis://localhost:6379');
 * await using served = await connect(production({ store: 'rediss://user:secret@example.org' }));
 * await using watched = await connect('redis+sentinel://host1:26379,host2:26379/mymaster');
 * await using sharded = await connect('redis+cluster://host1:6379,host2:6379');
 *
 * Rejects with `InvalidOptionError` for a wrong option or environment variable, `StoreUnavailableError` if the server
 * can't be reached, `StoreAuthError` if it refuses the credentials, `UnsupportedServerError` if it is too old,
 * `PartitionsError` if a stream has another number of partitions than it is to have here, `DurabilityError` if the server
 * can't confirm the `durability` that a stream asks for.
 */
export async function connect(target?: string | BusConfig): Promise<Bus> {
  const config = resolveConfig(target);
  const { store, close } = storeOf(config);
  try {
    await firstValueFrom(store.open(), { defaultValue: undefined });
    await bindPartitions(store, config);
    await checkDurabilities(store, config);
  } catch (cause) {
    await firstValueFrom(close(), { defaultValue: undefined });
    throw cause;
  }
  return new StoreBus(store, config, close);
}

/** Publishers and consumers that count differently would lose sight of messages. */
async function bindPartitions(store: StreamStore, { streams, partitions }: ResolvedConfig): Promise<void> {
  const { counts } = new StreamMap(streams, partitions);
  const bound = await firstValueFrom(store.bind(counts));
  for (const [stream, count] of Object.entries(counts)) {
    const there = bound[stream] ?? count;
    if (there !== count) throw new PartitionsError(stream, there, count);
  }
}

/** What a stream is promised is checked before the first message. */
async function checkDurabilities(store: StreamStore, config: ResolvedConfig): Promise<void> {
  const durabilityOf = durabilities(config);
  for (const partition of [...new StreamMap(config.streams, config.partitions).all.values()].flat()) {
    const durability = durabilityOf(partition);
    if (durability) await firstValueFrom(store.checkDurability(partition, durability), { defaultValue: undefined });
  }
}

/** The store, and how to close it: one that was given is its maker's to close. */
function storeOf({ store, namespace, connections }: ResolvedConfig): {
  store: StreamStore;
  close: () => Observable<void>;
} {
  if (typeof store === 'object') return { store, close: () => EMPTY };
  const made = store === 'memory' ? memoryStore() : redisStore({ url: store, namespace, connections });
  return { store: made, close: () => made.close() };
}
