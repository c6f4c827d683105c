import type { TrimBounds, TrimResult } from '../../core/store.ts';
import type { Server } from './server.ts';

/** Removes the oldest entries that the bounds and the groups let go. */
export async function trim(server: Server, stream: string, bounds: TrimBounds): Promise<TrimResult> {
  const { maxEntries = -1, maxAgeMs = -1 } = bounds;
  const args = [Math.floor(maxEntries), Math.floor(maxAgeMs)];
  const reply = await server.script<[number, number]>(stream, 'trim', server.keys(stream).lanes, args);
  return { removed: reply[0], owed: reply[1] };
}
