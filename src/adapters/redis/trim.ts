import type { GroupCount, TrimBounds, TrimResult } from '../../core/store.ts';
import { promoteAll } from './promote.ts';
import type { Server } from './server.ts';

/** How often a script is run again that leaves something to do; the next trim goes on from there. */
const MOST_RUNS = 200;

type TrimReply = readonly [removed: number, owed: number, state: number, holders: readonly Buffer[]];
type ForceReply = readonly [removed: number, more: number, counts: readonly (Buffer | number)[]];

/** Removes the oldest entries that the bounds and the groups let go; for `maxBytes`, what groups owe as well. */
export async function trim(server: Server, stream: string, bounds: TrimBounds): Promise<TrimResult> {
  const { maxEntries = -1, maxAgeMs = -1, maxBytes = -1 } = bounds;
  await promoteAll(server, stream);
  const { lanes } = server.keys(stream);
  const args = [maxEntries, maxAgeMs, maxBytes].map(Math.floor);
  let all = 0;
  for (let run = 1; ; run += 1) {
    const [removed, owed, state, holders] = await server.script<TrimReply>(stream, 'trim', lanes, args);
    all += removed;
    if (state === 2 && run < MOST_RUNS) continue;
    const heldBy = [...new Set(holders.map(String))].sort();
    const result = { removed: all, owed, ...(heldBy.length > 0 && { heldBy }) };
    return state === 1 ? force(server, stream, maxBytes, result) : result;
  }
}

async function force(server: Server, stream: string, maxBytes: number, before: TrimResult): Promise<TrimResult> {
  const keys = server.keys(stream);
  const counts = new Map<string, number>();
  let { removed } = before;
  for (let run = 1; run <= MOST_RUNS; run += 1) {
    const groups = (await server.call<readonly Buffer[]>(stream, 'HKEYS', keys.groups)).map(String);
    const ofGroups = groups.map((name) => keys.group(name)).flatMap(({ due, parts }) => [...due, ...parts]);
    const all = [...keys.lanes, keys.groups, keys.trimmed, ...ofGroups];
    const reply = await server.script<ForceReply>(stream, 'forceTrim', all, [Math.floor(maxBytes), ...groups]);
    removed += reply[0];
    for (let i = 0; i < reply[2].length; i += 2) {
      const group = String(reply[2][i]);
      counts.set(group, (counts.get(group) ?? 0) + Number(reply[2][i + 1]));
    }
    if (reply[1] === 0) break;
  }
  const forced: GroupCount[] = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, count]) => ({ group, count }));
  return { ...before, removed, ...(forced.length > 0 && { forced }) };
}
