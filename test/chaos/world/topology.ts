import type { TopologyName } from '../schedule/faultKinds.ts';
import { ClusterTopology } from './clusterTopology.ts';
import { SentinelTopology } from './sentinelTopology.ts';
import { SingleTopology } from './singleTopology.ts';
import type { Topology } from './topologyPort.ts';

/**
 * Starts the servers: every write is on the disk before it is answered.
 * @param spared whether a master is killed only when a replica has what was confirmed
 */
export function startTopology(name: TopologyName, spared: boolean): Promise<Topology> {
  const args = ['--appendonly', 'yes', '--appendfsync', 'always', '--enable-debug-command', 'no'];
  if (name === 'sentinel') return SentinelTopology.start(args, spared);
  return name === 'cluster' ? ClusterTopology.start(args, spared) : SingleTopology.start(args);
}
