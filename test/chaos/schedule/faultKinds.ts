export const TOPOLOGIES = ['single', 'sentinel', 'cluster'] as const;

export type TopologyName = (typeof TOPOLOGIES)[number];

/** What a fault befalls. */
export type Victim = 'producer' | 'consumer' | 'process' | 'server' | 'sink';

export interface FaultKind {
  readonly victim: Victim;
  /** How long it lasts, in ms: the bounds between which the seed chooses. */
  readonly lastsMs: readonly [from: number, to: number];
  /** How long after its end nothing else befalls anything, in ms. */
  readonly quietMs: number;
  /** Whether what was in flight at its victim may be handled twice for it. What has no such excuse must do no harm at all. */
  readonly excuses: boolean;
  /** @default all */
  readonly topologies?: readonly TopologyName[];
  /** How often it comes, against the others. @default 1 */
  readonly weight?: number;
}

/**
 * Every fault that the harness knows. The times are for a lease of 1.5 s: what stands still or is cut off does so for
 * less than it, or for longer.
 */
export const FAULT_KINDS = {
  'kill a producer': { victim: 'producer', lastsMs: [200, 1_000], quietMs: 300, excuses: true },
  'kill a consumer': { victim: 'consumer', lastsMs: [200, 2_500], quietMs: 500, excuses: true, weight: 3 },
  'stop a consumer': { victim: 'consumer', lastsMs: [0, 500], quietMs: 500, excuses: false, weight: 2 },
  'freeze a consumer': { victim: 'consumer', lastsMs: [2_500, 5_000], quietMs: 1_500, excuses: true, weight: 2 },
  'freeze briefly': { victim: 'process', lastsMs: [100, 600], quietMs: 300, excuses: false },
  'cut connections': { victim: 'process', lastsMs: [0, 1_000], quietMs: 500, excuses: true, weight: 2 },
  'delay connections': { victim: 'process', lastsMs: [500, 2_000], quietMs: 500, excuses: false },
  'half-open connections': { victim: 'process', lastsMs: [500, 6_000], quietMs: 1_500, excuses: true, weight: 2 },
  'jump a clock': { victim: 'process', lastsMs: [500, 3_000], quietMs: 200, excuses: false },
  'fill the disk': { victim: 'sink', lastsMs: [1_500, 3_000], quietMs: 500, excuses: true },
  'kill connections': { victim: 'server', lastsMs: [0, 0], quietMs: 700, excuses: true },
  'flush scripts': { victim: 'server', lastsMs: [0, 0], quietMs: 300, excuses: false },
  'fill the memory': { victim: 'server', lastsMs: [800, 3_000], quietMs: 800, excuses: false },
  'freeze the server': { victim: 'server', lastsMs: [200, 700], quietMs: 700, excuses: true },
  'kill the server': {
    victim: 'server',
    lastsMs: [200, 3_000],
    quietMs: 2_500,
    excuses: true,
    topologies: ['single'],
    weight: 2,
  },
  'fail over': {
    victim: 'server',
    lastsMs: [500, 2_000],
    quietMs: 3_000,
    excuses: true,
    topologies: ['sentinel', 'cluster'],
    weight: 3,
  },
  'move a slot': {
    victim: 'server',
    lastsMs: [200, 1_500],
    quietMs: 500,
    excuses: false,
    topologies: ['cluster'],
    weight: 2,
  },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULT_KINDS;

export function faultKind(name: FaultName): FaultKind {
  return FAULT_KINDS[name];
}
