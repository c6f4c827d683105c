import { FAULT_KINDS, type FaultName, faultKind, type TopologyName } from './faultKinds.ts';
import { Random } from './random.ts';

/** A fault that is to come. */
export interface PlannedFault {
  /** In ms since the start. */
  readonly atMs: number;
  readonly name: FaultName;
  readonly lastsMs: number;
  /** Says which of the possible victims it is, from 0 to below 1. */
  readonly pick: number;
  /** Of a clock: by how many ms it is off. */
  readonly jumpMs: number;
}

export interface ScheduleRequest {
  readonly seed: number;
  readonly durationMs: number;
  readonly topology: TopologyName;
}

/** Nothing befalls anything before the processes are at work, or so late that its end is not seen. */
const FIRST_MS = 1_000;
const HOUR_MS = 3_600_000;

/**
 * The faults of a seed: the same for the same request. Each kind that the topology knows comes in turn of a shuffled
 * stack, so that two minutes have seen most of them; weights put a kind into the stack more than once.
 */
export function schedule({ seed, durationMs, topology }: ScheduleRequest): readonly PlannedFault[] {
  const random = new Random(seed);
  const planned: PlannedFault[] = [];
  let stack: FaultName[] = [];
  for (let atMs = FIRST_MS; ; ) {
    if (stack.length === 0) stack = shuffled(stackFor(topology), random);
    const name = stack.pop() as FaultName;
    const { lastsMs: bounds, quietMs } = faultKind(name);
    const lastsMs = random.between(...bounds);
    const fault = { atMs, name, lastsMs, pick: random.next(), jumpMs: random.between(-HOUR_MS, HOUR_MS) };
    if (atMs + lastsMs > durationMs) return planned;
    planned.push(fault);
    // Some overlap: the next may come before this one is over.
    const overlap = random.next() < 0.2 && faultKind(name).victim !== 'server';
    atMs += overlap ? random.between(100, 500) : lastsMs + quietMs + random.between(100, 800);
  }
}

function stackFor(topology: TopologyName): FaultName[] {
  return (Object.keys(FAULT_KINDS) as FaultName[]).flatMap((name) => {
    const { topologies, weight = 1 } = faultKind(name);
    return topologies && !topologies.includes(topology) ? [] : Array.from({ length: weight }, () => name);
  });
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
