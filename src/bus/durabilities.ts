import type { Durability } from '../core/store.ts';

/** When a message counts as published. */
export const DURABILITIES = ['memory', 'replicated', 'fsync'] as const;

/** How safe a message must be before `publish` resolves. */
export interface DurabilityConfig {
  /**
   * `'memory'`: the server has it. `'replicated'`: so do `replicas` replicas. `'fsync'`: it is on the server's disk, and on
   * that of so many replicas. What the server can't confirm is refused when the bus connects. @default 'memory'
   */
  readonly durability?: (typeof DURABILITIES)[number];
  /** How many replicas must confirm, from 0; from 1 for `'replicated'`. @default 1 for 'replicated', 0 for 'fsync' */
  readonly replicas?: number;
}

interface Config extends DurabilityConfig {
  readonly streams: Readonly<Record<string, DurabilityConfig>>;
  readonly publish: { readonly timeoutMs: number };
}

/** The durability of each stream, by the name of its partition; undefined for what the server has in memory. */
export function durabilities(config: Config): (stream: string) => Durability | undefined {
  const { timeoutMs } = config.publish;
  const main = durabilityOf(config, config, timeoutMs);
  const own = Object.entries(config.streams).map(
    ([name, binding]) => [name, durabilityOf(binding, config, timeoutMs)] as const,
  );
  // Answers to requests are worth nothing to anyone who was not there to hear them.
  const byName = new Map([...own, ['replies', undefined] as const]);
  return (stream) => {
    const name = stream.slice(0, stream.lastIndexOf('.'));
    return byName.has(name) ? byName.get(name) : main;
  };
}

function durabilityOf(
  { durability: own, replicas: count }: DurabilityConfig,
  { durability = 'memory', replicas }: DurabilityConfig,
  timeoutMs: number,
): Durability | undefined {
  const level = own ?? durability;
  if (level === 'memory') return undefined;
  // A number that was meant for another level is not taken over.
  const given = count ?? (level === durability ? replicas : undefined);
  return { level, replicas: given ?? (level === 'replicated' ? 1 : 0), timeoutMs };
}
