import { setTimeout as wait } from 'node:timers/promises';
import type { Player } from '../cast/player.ts';
import { sharedClock } from '../ledger/sharedClock.ts';
import { faultKind } from '../schedule/faultKinds.ts';
import type { PlannedFault } from '../schedule/schedule.ts';
import { candidates, PROCESS_FAULTS, type Scene, SERVER_FAULTS } from './faults.ts';
import { type Afterwards, picked } from './topologyPort.ts';

/** A fault that came, by the clock of the ledgers. */
export interface FaultReport {
  readonly name: PlannedFault['name'];
  /** The process that it befell, or all of them by their server. */
  readonly hits: string;
  readonly from: number;
  readonly until: number;
  /** Set if nobody planned it: the machine was too busy for a server to be heard in time. */
  readonly unplanned?: true;
  /** Why it did not go as planned. */
  readonly failure?: string;
}

export const SERVER = 'the server';

/**
 * Plays a schedule; resolves with what came of it, once everything is undone. Faults of the servers wait for each other,
 * since a failover takes as long as it takes; what has not begun by `durationMs` is left out.
 */
export async function playFaults(
  planned: readonly PlannedFault[],
  scene: Scene,
  durationMs: number,
  tell: (report: FaultReport) => void,
): Promise<readonly FaultReport[]> {
  const start = performance.now();
  const elapsed = (): number => performance.now() - start;
  const under: Promise<FaultReport | undefined>[] = [];
  const busy = new Set<Player>();
  let servers: Promise<unknown> = Promise.resolve();
  for (const fault of planned) {
    await wait(Math.max(0, fault.atMs - elapsed()));
    if (faultKind(fault.name).victim === 'server') {
      const before = servers;
      const played = before.then(() => (elapsed() < durationMs ? playServer(fault, scene, tell) : undefined));
      servers = played;
      under.push(played);
    } else under.push(playProcess(fault, scene, busy, tell));
  }
  await wait(Math.max(0, durationMs - elapsed()));
  return (await Promise.all(under)).filter((report) => report !== undefined);
}

async function playServer(
  fault: PlannedFault,
  scene: Scene,
  tell: (report: FaultReport) => void,
): Promise<FaultReport | undefined> {
  return timed(fault, SERVER, tell, () => SERVER_FAULTS[fault.name]?.(scene, fault));
}

async function playProcess(
  fault: PlannedFault,
  scene: Scene,
  busy: Set<Player>,
  tell: (report: FaultReport) => void,
): Promise<FaultReport | undefined> {
  const free = candidates(faultKind(fault.name).victim, scene.cast).filter((player) => !busy.has(player));
  if (free.length === 0) return undefined;
  const victim = picked(free, fault);
  busy.add(victim);
  const report = await timed(fault, victim.name, tell, () => PROCESS_FAULTS[fault.name]?.(victim, fault, scene));
  busy.delete(victim);
  return report;
}

async function timed(
  { name }: PlannedFault,
  hits: string,
  tell: (report: FaultReport) => void,
  play: () => Promise<Afterwards | void> | undefined,
): Promise<FaultReport> {
  const from = sharedClock();
  let until = Infinity;
  let failure: string | undefined;
  try {
    const afterwards = await play();
    until = sharedClock();
    await afterwards?.();
  } catch (cause) {
    failure = String(cause);
  }
  const report = { name, hits, from, until: Math.min(until, sharedClock()), ...(failure !== undefined && { failure }) };
  tell(report);
  return report;
}
