import { firstValueFrom, lastValueFrom } from 'rxjs';
import { redisStore } from '../../adapters/redis/index.ts';
import { DeadLetterDesk } from '../../bus/deadLetters/deadLetterDesk.ts';
import { StreamMap } from '../../bus/streams.ts';
import { Codecs } from '../../core/codecs.ts';
import { UsageError } from '../usageError.ts';
import type { DlqOptions } from './options.ts';

/** The desk, and how many dead letters each partition of the stream has. */
export interface OpenDesk extends AsyncDisposable {
  readonly desk: DeadLetterDesk;
  readonly counts: ReadonlyMap<string, number>;
}

/** A payload may be as large as Redis allows. */
const MAX_PAYLOAD_BYTES = 512 * 1024 * 1024;

/**
 * Connects, and finds the stream: what nobody has made yet is not made here.
 *
 * Rejects with `UsageError` if there is no such stream, and as `connect` does.
 */
export async function openDesk({ store: url, namespace, stream }: DlqOptions): Promise<OpenDesk> {
  const store = redisStore({ url, namespace });
  const close = () => lastValueFrom(store.close(), { defaultValue: undefined });
  try {
    await firstValueFrom(store.open(), { defaultValue: undefined });
    const { main = 1, ...others } = await firstValueFrom(store.bindings());
    const bound = Object.entries(others).map(([name, partitions]) => [name, { patterns: [], partitions }] as const);
    const streams = new StreamMap(Object.fromEntries(bound), main);
    const names = streams.partitionsOf(stream);
    const known = Object.keys(streams.counts).flatMap((name) => [name, ...streams.partitionsOf(name)]);
    if (!known.includes(stream)) throw new UsageError(noStream(stream, namespace, Object.keys(streams.counts)));
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (await firstValueFrom(store.stats(name))).deadLetters);
    const desk = new DeadLetterDesk({
      store,
      codecs: new Codecs(),
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      partitionsOf: () => names,
      // Which topics live in which stream, only the configuration of the application says.
      streamsOf: () => names,
    });
    return { desk, counts, [Symbol.asyncDispose]: close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

function noStream(stream: string, namespace: string, known: readonly string[]): string {
  return `there is no stream '${stream}' in namespace '${namespace}': there is ${known.join(', ')}`;
}
