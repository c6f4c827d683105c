import { AtomicOutputError } from '../../core/atomicOutputError.ts';
import type { Place } from '../../core/duty.ts';
import type { StreamStore } from '../../core/store.ts';

/** Where messages belong. */
export interface Homes {
  readonly store: StreamStore;
  /** The stream, by the name of its partition, that a message of a topic and of a key goes to; an id may stand for a key. */
  streamOf(topic: string, key: string | undefined): string;
  /** The partitions of the stream that a topic is bound to. */
  partitionsOf(topic: string): readonly string[];
}

/** @throws {AtomicOutputError} unless a message of this topic and key may be kept there */
export function checkPlace(topic: string, key: string | undefined, { store, stream }: Place, homes: Homes): void {
  if (store !== homes.store) throw new AtomicOutputError('ATOMIC_SOURCE', topic, ELSEWHERE);
  const own = homes.partitionsOf(topic);
  if (!own.includes(stream)) throw new AtomicOutputError('ATOMIC_STREAM', topic, otherStream(stream, own));
  const home = key === undefined ? stream : homes.streamOf(topic, key);
  if (home !== stream) throw new AtomicOutputError('ATOMIC_PARTITION', topic, otherPartition(stream, key, home));
}

const ELSEWHERE = 'its input was read through another connection; publish through the bus that it was read from';

function otherStream(stream: string, own: readonly string[]): string {
  const names = own.map((name) => `'${name}'`).join(', ');
  return `its input is in '${stream}', and the topic is bound to another stream, ${names}, where one step can't reach; bind both topics to one stream, or leave \`atomic\` out`;
}

function otherPartition(stream: string, key: string | undefined, home: string): string {
  return `its input is in partition '${stream}', and its key '${key}' belongs to '${home}'; give it the key of its input or none, or leave \`atomic\` out`;
}
