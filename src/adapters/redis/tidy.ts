import type { ExpiredGroup, RemovedGroup, RemoveGroupRequest, TidyRequest, TidyResult } from '../../core/store.ts';
import type { GroupKeys } from './keys.ts';
import { promoteAll } from './promote.ts';
import type { Server } from './server.ts';

/** How often the script is run again while it removes consumers: some 500 a group each time. */
const MOST_RUNS = 1_000;

type TidyReply = readonly [consumers: number, expired: readonly (Buffer | number)[]];

/** Removes consumers that are dead and owe nothing, and groups that have had no member for long. */
export async function tidy(server: Server, stream: string, request: TidyRequest): Promise<TidyResult> {
  const { deadMs, expireMs = -1, force = false } = request;
  await promoteAll(server, stream);
  const keys = server.keys(stream);
  const found = new Map<string, ExpiredGroup>();
  let consumers = 0;
  for (let run = 1; run <= MOST_RUNS; run += 1) {
    const groups = (await server.call<readonly Buffer[]>(stream, 'HKEYS', keys.groups)).map(String);
    if (groups.length === 0) break;
    const ofGroups = groups.flatMap((group) => booksOf(keys.group(group)));
    const all = [...keys.lanes, keys.groups, keys.owners, keys.idle, keys.trimmed, ...ofGroups];
    const args = [Math.floor(deadMs), Math.floor(expireMs), force ? 'force' : 'careful', ...groups];
    const [removed, expired] = await server.script<TidyReply>(stream, 'tidy', all, args);
    consumers += removed;
    for (const group of expiredOf(expired)) found.set(group.group, group);
    if (removed === 0) break;
  }
  return { consumers, expired: [...found.values()] };
}

/** Removes a group with its books. */
export async function removeGroup(server: Server, request: RemoveGroupRequest): Promise<RemovedGroup> {
  const { stream, group, force = false } = request;
  const keys = server.keys(stream);
  const all = [...keys.lanes, keys.groups, keys.owners, keys.idle, keys.trimmed, ...booksOf(keys.group(group))];
  const args = [group, force ? 'force' : 'careful'];
  const [removed, members, owed] = await server.script<[number, number, number]>(stream, 'removeGroup', all, args);
  return { removed: removed === 1, members, owed };
}

/** As `scripts/shared/groups.lua` has them. */
function booksOf({ due, members, fallen, parts, deaths }: GroupKeys): readonly string[] {
  return [...due, members, fallen, ...parts, deaths];
}

function expiredOf(flat: readonly (Buffer | number)[]): readonly ExpiredGroup[] {
  const groups: ExpiredGroup[] = [];
  for (let i = 0; i < flat.length; i += 4) {
    const [group, idleMs, owed, removed] = flat.slice(i, i + 4);
    groups.push({ group: String(group), idleMs: Number(idleMs), owed: Number(owed), removed: removed === 1 });
  }
  return groups;
}
