import { PRIORITIES, perPriority } from '../../core/priority.ts';
import type { GroupStats, LaneStats, StreamStats } from '../../core/store.ts';
import type { Server } from './server.ts';

type LaneReply = readonly [number, Buffer, Buffer];
type GroupReply = readonly [number, number, number, readonly (Buffer | number)[]];
type StatsReply = readonly [number, readonly LaneReply[], readonly GroupReply[], number];

/** What a stream holds. */
export async function stats(server: Server, stream: string): Promise<StreamStats> {
  const keys = server.keys(stream);
  const bound = boundOf(await server.call<readonly Buffer[]>(stream, 'HGETALL', keys.groups));
  const names = [...bound.keys()].sort();
  const groupKeys = names.flatMap((name) => {
    const { due, members, parts } = keys.group(name);
    return [...due, members, parts[0]];
  });
  const all = [...keys.lanes, keys.dead, keys.delayed[0], ...groupKeys];
  const [[deadLetters, lanes, groups, delayed], trimmed] = await Promise.all([
    server.script<StatsReply>(stream, 'stats', all, names),
    server.call<readonly Buffer[]>(stream, 'HGETALL', keys.trimmed).then(boundOf),
  ]);
  return {
    stream,
    lanes: perPriority((priority) => laneStats(lanes[PRIORITIES.indexOf(priority)] as LaneReply)),
    groups: names.map((name, i) => {
      const group = groupStats(name, bound.get(name) as string, groups[i] as GroupReply);
      const gone = trimmed.get(name);
      return gone === undefined ? group : { ...group, trimmed: Number(gone) };
    }),
    deadLetters,
    delayed,
  };
}

/** What a hash has, by group. */
function boundOf(flat: readonly Buffer[]): ReadonlyMap<string, string> {
  const bound = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) bound.set(String(flat[i]), String(flat[i + 1]));
  return bound;
}

function laneStats([length, first, last]: LaneReply): LaneStats {
  return length === 0 ? { length } : { length, firstId: first.toString('latin1'), lastId: last.toString('latin1') };
}

function groupStats(name: string, pattern: string, [pending, retrying, lag, flat]: GroupReply): GroupStats {
  const consumers = [];
  for (let i = 0; i < flat.length; i += 2) consumers.push({ name: String(flat[i]), pending: Number(flat[i + 1]) });
  consumers.sort((a, b) => (a.name < b.name ? -1 : 1));
  const known = { name, pattern, pending, retrying, consumers };
  return lag < 0 ? known : { ...known, lag };
}
