import { Cluster } from './cluster.ts';
import { OneServer } from './oneServer.ts';
import { fixedPlace } from './place.ts';
import { Sentinels } from './sentinels.ts';
import type { Settings } from './settings.ts';
import type { Topology } from './topology.ts';

/** The servers that the settings name. */
export function topologyOf(settings: Settings): Topology {
  const { layout } = settings;
  switch (layout.kind) {
    case 'single':
      return new OneServer(settings, fixedPlace(layout.at));
    case 'sentinel':
      return new OneServer(settings, new Sentinels(settings, layout));
    case 'cluster':
      return new Cluster(settings, layout.seeds);
  }
}
