import { partitionOf } from '../../../src/index.ts';
import { ORDER_PARTITIONS } from '../processes/settings.ts';
import { faultKind } from '../schedule/faultKinds.ts';
import { type FaultReport, SERVER } from '../world/playFaults.ts';
import type { Evidence } from './evidence.ts';
import { groupedBy } from './groupedBy.ts';

/** How long after a fault of a server a pause is still laid to it, in ms. */
const AFTERWARDS_MS = 1_000;

/** How long it took until what faults of a kind befell went on. */
export interface Recoveries {
  readonly fault: string;
  /** How often it came. */
  readonly count: number;
  /** In ms, of each that there was something to recover from. */
  readonly timesMs: readonly number[];
}

/**
 * The time from each fault to the next handled message of what it befell:
 *
 * - a consumer: until the last of the messages that were in its hands has begun elsewhere or was done by itself;
 * - a producer, or who came in its place: until the next confirmed publish of a message sent after it;
 * - a server: the longest time from it on, in any partition, in which no message that was sent after it came to a handler.
 */
export function recoveries(evidence: Evidence): readonly Recoveries[] {
  return [...groupedBy(evidence.faults, ({ name }) => name)].map(([fault, reports]) => ({
    fault,
    count: reports.length,
    timesMs: reports.flatMap((report) => recovery(evidence, report) ?? []),
  }));
}

/** Those of several seeds together. */
export function joined(all: readonly Recoveries[]): readonly Recoveries[] {
  return [...groupedBy(all, ({ fault }) => fault)].map(([fault, parts]) => ({
    fault,
    count: parts.reduce((sum, { count }) => sum + count, 0),
    timesMs: parts.flatMap(({ timesMs }) => timesMs),
  }));
}

function recovery(evidence: Evidence, fault: FaultReport): number | undefined {
  if (fault.hits === SERVER) return ofServers(evidence, fault);
  const isProducer = faultKind(fault.name).victim === 'producer' || fault.hits.startsWith('producer');
  return isProducer ? ofProducer(evidence, fault) : ofConsumer(evidence, fault);
}

function ofServers({ records }: Evidence, { from, until }: FaultReport): number | undefined {
  const sentAfter = new Set<string>();
  const lastBegun = new Map<string, number>();
  let longest: number | undefined;
  for (const record of records) {
    if (record.at < from) continue;
    if (record.event === 'sent') sentAfter.add(record.id);
    if (record.event !== 'begin' || !sentAfter.delete(record.id)) continue;
    const place = record.key === undefined ? 'main' : `orders.${partitionOf(record.key, ORDER_PARTITIONS)}`;
    const began = lastBegun.get(place) ?? from;
    if (began > until + AFTERWARDS_MS) continue;
    longest = Math.max(longest ?? 0, record.at - began);
    lastBegun.set(place, record.at);
  }
  return longest;
}

function ofProducer({ records }: Evidence, { from, hits }: FaultReport): number | undefined {
  const slot = hits.slice(0, hits.lastIndexOf('.') + 1);
  const sentAfter = new Set<string>();
  for (const record of records) {
    if (record.at < from || !record.process.startsWith(slot)) continue;
    if (record.event === 'sent') sentAfter.add(record.id);
    else if (record.event === 'confirmed' && sentAfter.has(record.id)) return record.at - from;
  }
  return undefined;
}

function ofConsumer({ records }: Evidence, { from, hits }: FaultReport): number | undefined {
  const inHand = new Set<string>();
  let last: number | undefined;
  for (const record of records) {
    if (record.event !== 'begin' && record.event !== 'done' && record.event !== 'failed') continue;
    if (record.at < from) {
      if (record.process !== hits) continue;
      if (record.event === 'begin') inHand.add(record.id);
      else inHand.delete(record.id);
    } else if (inHand.delete(record.id)) last = record.at - from;
    if (record.at >= from && inHand.size === 0) break;
  }
  return last;
}
