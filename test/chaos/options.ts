import { parseArgs } from 'node:util';
import { DURABILITIES, type Durability } from './processes/settings.ts';
import { TOPOLOGIES, type TopologyName } from './schedule/faultKinds.ts';

export interface ChaosOptions {
  readonly seeds: readonly number[];
  readonly minutes: number;
  readonly topology: TopologyName;
  readonly durability: Durability;
  /** Where the report goes as JSON. */
  readonly json?: string;
  /** Where a seed's ledgers are kept, in a folder of each. */
  readonly keep?: string;
}

export const USAGE = `npm run test:chaos -- [--seed N | --seeds A-B] [--minutes M] [--topology ${TOPOLOGIES.join(' | ')}]
                      [--durability D] [--json FILE] [--keep FOLDER]

  --seed N         the faults of seed N (default 1)
  --seeds A-B      one seed after another
  --minutes M      how long faults come, of each seed (default 2)
  --topology T     one server, a master with sentinels, or a cluster of six nodes (default single)
  --durability D   ${DURABILITIES.join(' | ')} (default memory; replicated on sentinel and cluster)
  --json FILE      writes the report as JSON
  --keep FOLDER    keeps the ledgers of each seed in a folder of its own`;

/**
 * Reads the command line.
 *
 * @throws {Error} in a sentence that says what is wrong with it
 */
export function chaosOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      minutes: { type: 'string', default: '2' },
      topology: { type: 'string', default: 'single' },
      durability: { type: 'string' },
      json: { type: 'string' },
      keep: { type: 'string' },
    },
  });
  const { seed, seeds, json, keep } = values;
  if (seed !== undefined && seeds !== undefined) throw new Error('--seed or --seeds, not both');
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes is '${values.minutes}'; it takes a number above 0`);
  const topology = TOPOLOGIES.find((name) => name === values.topology);
  if (!topology) throw new Error(`--topology is '${values.topology}'; it takes one of ${TOPOLOGIES.join(', ')}`);
  const fallback = topology === 'single' ? 'memory' : 'replicated';
  const durability = DURABILITIES.find((level) => level === (values.durability ?? fallback));
  if (!durability)
    throw new Error(`--durability is '${values.durability}'; it takes one of ${DURABILITIES.join(', ')}`);
  return {
    durability,
    seeds: seedsOf(seeds ?? seed ?? '1'),
    minutes,
    topology,
    ...(json && { json }),
    ...(keep && { keep }),
  };
}

function seedsOf(text: string): readonly number[] {
  const [, from, to = from] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const first = Number(from);
  const count = Number(to) - first + 1;
  if (!(count >= 1 && count <= 1_000)) throw new Error(`'${text}' is no seed; it takes a number, or two as in 1-10`);
  return Array.from({ length: count }, (_, i) => first + i);
}
