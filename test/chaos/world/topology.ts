import type { TopologyName } from '../schedule/faultKinds.ts';
import { ClusterTopology } from './clusterTopology.ts';
import { SentinelTopology } from './sentinelTopology.ts';
import { SingleTopology } from './singleTopology.ts';
import type { Topology } from './topologyPort.ts';

/** Starts the servers: every write is on the disk before it is answered. */
export function startTopology(name: TopologyName): Promise<Topology> {
  const args = ['--appendonly', 'yes', '--appendfsync', 'always', '--enable-debug-command', 'no'];
  if (name === 'sentinel') return SentinelTopology.start(args);
  return name === 'cluster' ? ClusterTopology.start(args) : SingleTopology.start(args);
}
