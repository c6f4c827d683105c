import type { RedisNode } from '../../support/redisNode.ts';
import type { PlannedFault } from '../schedule/schedule.ts';
import { command } from './command.ts';

/** Ends what is left of a fault when nobody suffers from it any more. */
export type Afterwards = () => Promise<void>;

/** The servers under test. */
export interface Topology extends AsyncDisposable {
  /** What to connect to. */
  readonly url: string;
  /** Every port that a client may connect to. */
  readonly ports: readonly number[];
  /** Those that take writes now. */
  masters(): Promise<readonly RedisNode[]>;
  /** Kills a master; resolves once there is one in its place, with how to bring back what is still missing. */
  killMaster(fault: PlannedFault): Promise<Afterwards>;
  /** Moves a slot that is in use to another master, and back. */
  moveSlot?(fault: PlannedFault): Promise<void>;
  /** Resolves when everything is as it should be. */
  healthy(): Promise<void>;
}

/** The one of some that a fault has picked. */
export function picked<T>(items: readonly T[], { pick }: PlannedFault): T {
  const item = items[Math.floor(pick * items.length)];
  if (item === undefined) throw new Error('there is nobody for it');
  return item;
}

const REPLICATED_MS = 2_000;

/**
 * Kills a master. With `spared` that is once a replica has all that it has confirmed: nothing is written any more, then the
 * replica is awaited. What becomes of confirmed writes that no replica has is not for the client to mend.
 */
export async function kill(master: RedisNode, spared: boolean): Promise<void> {
  if (!spared) return master.kill();
  await command(master, 'CLIENT', 'PAUSE', REPLICATED_MS, 'WRITE');
  await command(master, 'WAIT', 1, REPLICATED_MS);
  await master.kill();
}
