import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { Cast, type Parts } from '../cast/cast.ts';
import type { Evidence, GroupRule } from '../checker/evidence.ts';
import { readLedgers } from '../ledger/ledger.ts';
import { busConfig, type Durability, LEASE_MS } from '../processes/settings.ts';
import type { TopologyName } from '../schedule/faultKinds.ts';
import type { PlannedFault } from '../schedule/schedule.ts';
import { letters, owed, stored } from './collect.ts';
import { type FaultReport, playFaults } from './playFaults.ts';
import { Sink } from './sink.ts';
import { startTopology } from './topology.ts';
import type { Topology } from './topologyPort.ts';
import { MasterWatch } from './watchMasters.ts';

export interface SeedRun {
  readonly topology: TopologyName;
  readonly planned: readonly PlannedFault[];
  readonly durationMs: number;
  readonly parts: Parts;
  /** When a publish counts as confirmed. With 'memory', a failover waits until a replica has what was confirmed. */
  readonly durability: Durability;
  /** Messages a second of each producer. */
  readonly rate: number;
  /** Told of each fault when it is over. */
  readonly tell: (report: FaultReport) => void;
  /** Where ledgers and the sink's file go, to look at them afterwards. @default a folder that goes with the run */
  readonly keep?: string;
}

export const GROUPS: readonly GroupRule[] = [
  { group: 'keepers', topic: 'orders.new', ordered: true },
  { group: 'relay', topic: 'orders.new' },
  { group: 'tally', topic: 'orders.new', from: 'placed.order' },
  { group: 'workers', topic: 'jobs.new' },
  { group: 'file', topic: 'jobs.new' },
];

const SETTLE_WITHIN_MS = 60_000;

/** Runs producers, consumers and servers, plays the faults, lets everything settle down, and gathers the evidence. */
export async function runSeed(run: SeedRun): Promise<Evidence> {
  const folder = run.keep ?? mkdtempSync(join(tmpdir(), 'sluice-chaos-'));
  await using topology = await startTopology(run.topology, run.durability === 'memory');
  const sink = new Sink(folder);
  const { url, ports } = topology;
  const cast = new Cast({ url, folder, sink: sink.path, rate: run.rate, durability: run.durability }, ports);
  try {
    await cast.start(run.parts);
    const watch = new MasterWatch(topology);
    try {
      const faults = await playFaults(run.planned, { topology, cast, sink }, run.durationMs, run.tell);
      const evidence = await gather(cast, { topology, sink, folder, durability: run.durability });
      return { ...evidence, faults: [...faults, ...told(watch.stop(faults), run.tell)] };
    } finally {
      watch.stop([]);
    }
  } finally {
    await cast.destroy();
    if (run.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function told(faults: readonly FaultReport[], tell: SeedRun['tell']): readonly FaultReport[] {
  for (const fault of faults) tell(fault);
  return faults;
}

/** Where a run leaves its traces. */
interface Place {
  readonly topology: Topology;
  readonly sink: Sink;
  readonly folder: string;
  readonly durability: Durability;
}

async function gather(cast: Cast, { topology, sink, folder, durability }: Place): Promise<Omit<Evidence, 'faults'>> {
  // Servers that are not in order again are what the groups are stuck for; the fault that left them so says why.
  await topology.healthy().catch(() => undefined);
  await cast.stop((role) => role === 'producer');
  await using bus = await connect(busConfig({ url: topology.url, name: 'checker', durability }));
  const idle = async () => (await owed(bus)).every(({ pending, lag }) => pending === 0 && lag === 0);
  // What is still owed then is the checker's to find.
  await eventually(idle, { withinMs: SETTLE_WITHIN_MS, everyMs: 200 }).catch(() => undefined);
  await cast.stop(() => true);
  return {
    records: readLedgers(folder),
    lives: cast.lives,
    groups: GROUPS,
    stored: await stored(bus),
    atomicTopic: 'placed.order',
    letters: await letters(bus),
    owed: await owed(bus),
    written: { group: 'file', ids: sink.written() },
    leaseMs: LEASE_MS,
  };
}
