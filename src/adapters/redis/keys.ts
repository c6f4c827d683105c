import { PRIORITIES } from '../../core/priority.ts';

/** The keys of one group of a stream. */
export interface GroupKeys {
  /** A sorted set a lane, most urgent first: what waits to be handed out again, by the ms when it is due. */
  readonly due: readonly string[];
  /** A sorted set: consumers by the ms when their lease runs out. */
  readonly members: string;
  /** A set: consumers that lost their lease and still owe. */
  readonly fallen: string;
  /** The books of record batches that were settled in part: a hash and a sorted set, as `scripts/shared/parts.lua` says. */
  readonly parts: readonly [records: string, holds: string];
  /** A hash: who died with what, as `scripts/shared/deaths.lua` says. */
  readonly deaths: string;
}

/** One a lane, most urgent first. */
type Lanes = readonly [string, string, string, string];

/** The keys of one stream. They share a hash tag, so that one script reaches all of them on a Cluster too. */
export interface StreamKeys {
  /** A Redis stream each. */
  readonly lanes: Lanes;
  /** A hash: groups and the patterns they are bound to. */
  readonly groups: string;
  /** A hash: groups and the last consumer that was the only one. */
  readonly owners: string;
  /** A hash: groups that have no member, and since when, in ms. */
  readonly idle: string;
  /** A hash: by group, how many messages it owed when they were trimmed. */
  readonly trimmed: string;
  /** A Redis stream: dead letters. */
  readonly dead: string;
  /** A hash: how many messages the largest record batch of a lane holds, by lane; lanes without any are left out. */
  readonly largest: string;
  /** What the keys begin with of hashes that have the last turn of a sender. */
  readonly turns: string;
  /** The books of what is kept once, as `scripts/shared/once.lua` has them. */
  readonly once: readonly [state: string, first: string, second: string];
  /** What waits to be due: a sorted set and a hash, as `scripts/shared/promote.lua` has them. */
  readonly delayed: readonly [queue: string, records: string];
  group(name: string): GroupKeys;
}

/** The keys of a stream within a namespace. */
export function streamKeys(namespace: string, stream: string): StreamKeys {
  const base = `${namespace}:{${stream}}`;
  const known = new Map<string, GroupKeys>();
  return {
    lanes: PRIORITIES.map((priority) => `${base}:${priority}`) as unknown as Lanes,
    groups: `${base}:groups`,
    owners: `${base}:owners`,
    idle: `${base}:idle`,
    trimmed: `${base}:trimmed`,
    dead: `${base}:dead`,
    largest: `${base}:largest`,
    turns: `${base}:turn`,
    once: [`${base}:once`, `${base}:once.1`, `${base}:once.2`],
    delayed: [`${base}:delayed`, `${base}:delayed.records`],
    group: (name) => {
      const keys = known.get(name) ?? groupKeys(base, name);
      known.set(name, keys);
      return keys;
    },
  };
}

/** The key of a limit that processes share. */
export function limitKey(namespace: string, limit: string): string {
  return `${namespace}:limit:{${limit}}`;
}

/** The keys of a list of what was seen, as `scripts/seen.lua` has them. */
export function seenKeys(namespace: string, list: string): readonly [kept: string, claims: string, owners: string] {
  const base = `${namespace}:seen:{${list}}`;
  return [base, `${base}:claims`, `${base}:owners`];
}

/** The keys of what is kept of a key of a cache, as `scripts/shared/flight.lua` has them. A part of a cache is a slot. */
export function cacheKeys(
  namespace: string,
  part: string,
  hash: string,
): readonly [kept: string, flight: string, generation: string] {
  const kept = `${namespace}:cache:{${part}}:${hash}`;
  return [kept, `${kept}:flight`, generationKey(namespace, part)];
}

/** The key of the generation of a part of a cache. */
export function generationKey(namespace: string, part: string): string {
  return `${namespace}:cache:{${part}}:generation`;
}

function groupKeys(base: string, group: string): GroupKeys {
  return {
    due: PRIORITIES.map((priority) => `${base}:due.${priority}:${group}`),
    members: `${base}:members:${group}`,
    fallen: `${base}:fallen:${group}`,
    parts: [`${base}:parts:${group}`, `${base}:holds:${group}`],
    deaths: `${base}:deaths:${group}`,
  };
}

/** The keys of those that share out a stream's partitions for a group. The tag is the stream's, without a partition. */
export interface AttendanceKeys {
  /** A sorted set: attendees by the ms when their lease runs out. */
  readonly attending: string;
  /** A hash: attendees and the partitions they own. */
  readonly owns: string;
}

export function attendanceKeys(namespace: string, stream: string, group: string): AttendanceKeys {
  const base = `${namespace}:{${stream}}`;
  return { attending: `${base}:attending:${group}`, owns: `${base}:owns:${group}` };
}

/** A hash: streams and their numbers of partitions. */
export function partitionsKey(namespace: string): string {
  return `${namespace}:partitions`;
}
