import type { ModeRun } from './benchRun.ts';
import { growth } from './modes/growth.ts';
import { latency } from './modes/latency.ts';
import { load } from './modes/load.ts';
import { patterns } from './modes/patterns.ts';
import { quick } from './modes/quick.ts';
import { soak } from './modes/soak.ts';
import { stress } from './modes/stress.ts';
import { throughput } from './modes/throughput.ts';
import type { Mode } from './modes.ts';

/** What each mode does. */
export const MODE_RUNS: Readonly<Record<Mode, ModeRun>> = {
  quick,
  throughput,
  latency,
  patterns,
  load,
  stress,
  soak,
  growth,
};
