import { StoreFullError } from '../../core/storeErrors.ts';
import type { MemoryStream } from './memoryStream.ts';
import type { Space } from './space.ts';

/** An append that does not fit. */
export interface RoomRequest {
  readonly stream: string;
  readonly count: number;
  readonly bytes: number;
}

type Streams = ReadonlyMap<string, MemoryStream>;

/** The share of the space that is freed beyond what is needed, so that the next appends need not ask. */
const SPARE = 1 / 16;

/**
 * Drops the oldest of what every group is done with until the request fits, its own stream's first.
 *
 * @throws {StoreFullError} if it still does not
 */
export function makeRoom(request: RoomRequest, streams: Streams, space: Space): void {
  const { stream: name, bytes } = request;
  const enough = space.lack(bytes) + space.maxBytes * SPARE;
  const own = streams.get(name);
  own?.forget(enough);
  for (const stream of streams.values()) {
    if (space.lack(bytes) === 0) return;
    if (stream !== own) stream.forget(enough);
  }
  if (space.lack(bytes) > 0) throw new StoreFullError(fullMessage(request, streams, space));
}

function fullMessage({ stream, count, bytes }: RoomRequest, streams: Streams, { usedBytes, maxBytes }: Space): string {
  const kept = `${usedBytes} of ${maxBytes} bytes are kept`;
  return `the store is full: stream '${stream}' can't take ${count} more of ${bytes} bytes, ${kept}; ${advice(streams)}`;
}

function advice(streams: Streams): string {
  let most = { owed: 0, said: 'no group reads them: make one, trim, or raise `maxBytes`' };
  for (const [stream, { groups }] of streams) {
    for (const { name, owed } of groups) {
      const said = `group '${name}' of stream '${stream}' owes the most, ${owed}: let it catch up, or raise \`maxBytes\``;
      if (owed > most.owed) most = { owed, said };
    }
  }
  return most.said;
}
