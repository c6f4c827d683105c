import { PRIORITIES } from '../../core/priority.ts';
import type { EntryRef, HeldEntry, Member } from '../../core/store.ts';
import type { MemberState } from './memberStates.ts';
import { tierOf } from './packedEntries.ts';
import type { Server } from './server.ts';

/** Hands entries that a consumer holds out to it once more. Emits those that it holds no longer. */
export async function again(
  server: Server,
  { stream, group, consumer }: Member,
  state: MemberState,
  entries: readonly HeldEntry[],
): Promise<readonly EntryRef[]> {
  if (entries.length === 0) return [];
  const keys = server.keys(stream);
  const args = entries.flatMap(({ priority, id, attempt }) => [PRIORITIES.indexOf(priority) + 1, id, attempt]);
  const all = [...keys.lanes, keys.group(group).members, keys.groups];
  const reply = await server.script<readonly (number | Buffer)[]>(stream, 'again', all, [group, consumer, ...args]);
  const gone: EntryRef[] = [];
  for (let i = 0; i < reply.length; i += 2) gone.push({ priority: tierOf(Number(reply[i])), id: String(reply[i + 1]) });
  state.ledger.add(entries.map(({ priority, id, attempt }) => ({ priority, id, attempt: attempt + 1 })));
  state.ledger.forget(gone);
  return gone;
}
