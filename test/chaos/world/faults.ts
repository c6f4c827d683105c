import { setTimeout as wait } from 'node:timers/promises';
import type { RedisNode } from '../../support/redisNode.ts';
import type { Cast } from '../cast/cast.ts';
import type { Player } from '../cast/player.ts';
import type { RoleName } from '../processes/settings.ts';
import type { FaultName, Victim } from '../schedule/faultKinds.ts';
import type { PlannedFault } from '../schedule/schedule.ts';
import { command } from './command.ts';
import type { Sink } from './sink.ts';
import type { Afterwards, Topology } from './topologyPort.ts';

/** What faults befall. */
export interface Scene {
  readonly topology: Topology;
  readonly cast: Cast;
  readonly sink: Sink;
}

type ServerFault = (scene: Scene, fault: PlannedFault) => Promise<Afterwards | void>;
type ProcessFault = (victim: Player, fault: PlannedFault, scene: Scene) => Promise<void>;

const DELAY_MS = 150;
/** Less than any server holds. */
const NO_MEMORY = '1mb';

export const SERVER_FAULTS: Partial<Record<FaultName, ServerFault>> = {
  'kill the server': ({ topology }, fault) => topology.killMaster(fault),
  'fail over': ({ topology }, fault) => topology.killMaster(fault),
  'move a slot': async ({ topology }, fault) => topology.moveSlot?.(fault),
  'kill connections': onMasters((node) => command(node, 'CLIENT', 'KILL', 'TYPE', 'normal')),
  'flush scripts': onMasters((node) => command(node, 'SCRIPT', 'FLUSH')),
  'fill the memory': onMasters(async (node, { lastsMs }) => {
    await command(node, 'CONFIG', 'SET', 'maxmemory', NO_MEMORY);
    await wait(lastsMs);
    await command(node, 'CONFIG', 'SET', 'maxmemory', '0');
  }),
  'freeze the server': onMasters(async (node, { lastsMs }) => {
    node.pause();
    await wait(lastsMs);
    node.resume();
  }),
};

export const PROCESS_FAULTS: Partial<Record<FaultName, ProcessFault>> = {
  'kill a producer': (victim, { lastsMs }, { cast }) => cast.replace(victim, 'kill', lastsMs),
  'kill a consumer': (victim, { lastsMs }, { cast }) => cast.replace(victim, 'kill', lastsMs),
  'stop a consumer': (victim, { lastsMs }, { cast }) => cast.replace(victim, 'stop', lastsMs),
  'freeze a consumer': frozen,
  'freeze briefly': frozen,
  'cut connections': ({ line }, { lastsMs }) =>
    during(
      lastsMs,
      () => line.cut(),
      () => line.heal(),
    ),
  'delay connections': ({ line }, { lastsMs }) =>
    during(
      lastsMs,
      () => line.slow(DELAY_MS),
      () => line.heal(),
    ),
  'half-open connections': ({ line }, { lastsMs }) =>
    during(
      lastsMs,
      () => line.silence(),
      () => line.heal(),
    ),
  'jump a clock': (victim, { lastsMs, jumpMs }) =>
    during(
      lastsMs,
      () => victim.jump(jumpMs),
      () => victim.jump(0),
    ),
  // An open file goes on; it is the next to open it that meets the full disk.
  'fill the disk': async (victim, { lastsMs }, { cast, sink }) => {
    sink.fill();
    await cast.replace(victim, 'kill', 0);
    await wait(lastsMs);
    sink.empty();
  },
};

const ROLES_OF: Readonly<Record<Victim, (role: RoleName) => boolean>> = {
  producer: (role) => role === 'producer',
  consumer: (role) => role !== 'producer' && role !== 'filer',
  process: () => true,
  sink: (role) => role === 'filer',
  server: () => false,
};

/** The processes that a fault may befall. */
export function candidates(victim: Victim, cast: Cast): readonly Player[] {
  return cast.all(ROLES_OF[victim]);
}

function frozen(victim: Player, { lastsMs }: PlannedFault): Promise<void> {
  return during(
    lastsMs,
    () => victim.freeze(),
    () => victim.thaw(),
  );
}

async function during(lastsMs: number, begin: () => void, end: () => void): Promise<void> {
  begin();
  await wait(lastsMs);
  end();
}

function onMasters(does: (node: RedisNode, fault: PlannedFault) => Promise<unknown>): ServerFault {
  return async ({ topology }, fault) => {
    const masters = await topology.masters();
    await Promise.all(masters.map((node) => does(node, fault)));
  };
}
