import type { BusConfig } from '../../../src/index.ts';

/** What a process of the harness is told, as JSON in its environment. */
export interface ProcessSettings {
  readonly role: RoleName;
  /** Its name among all that were ever started, such as `keeper-1.3`. */
  readonly name: string;
  readonly url: string;
  /** Where it keeps its ledger. */
  readonly folder: string;
  /** The file that the sink writes to. */
  readonly sink: string;
  readonly durability: Durability;
  /** How many messages a producer publishes a second. */
  readonly rate: number;
}

export const DURABILITIES = ['memory', 'replicated', 'fsync'] as const satisfies readonly BusConfig['durability'][];

export type Durability = (typeof DURABILITIES)[number];

export const SETTINGS = 'CHAOS_SETTINGS';

export const ROLES = ['producer', 'keeper', 'relay', 'tally', 'worker', 'filer'] as const;

export type RoleName = (typeof ROLES)[number];

/** How long after its last sign of life a consumer's work is taken over: short, so that minutes have many takeovers. */
export const LEASE_MS = 1_500;

export const ORDER_PARTITIONS = 4;

/** How every process, and the checker's, sees the streams. */
export function busConfig({ url, name, durability }: Pick<ProcessSettings, 'url' | 'name' | 'durability'>): BusConfig {
  return {
    store: url,
    name,
    connections: 20,
    durability,
    streams: { orders: { patterns: ['orders.*', 'placed.*'], partitions: ORDER_PARTITIONS } },
    publish: { timeoutMs: 60_000 },
    consume: { leaseMs: LEASE_MS, attempts: 100, backoff: { initialMs: 50, maxMs: 500 } },
    retention: { maxEntries: Infinity, maxAgeMs: Infinity },
  };
}
