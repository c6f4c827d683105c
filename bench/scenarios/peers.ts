import { bullmq } from '../peers/bullmq.ts';
import { moleculer } from '../peers/moleculer.ts';
import type { Scenario } from '../scenario.ts';
import { endToEnd } from './endToEnd.ts';

const COMMON = { group: 'peers', unit: 'msg/s', scale: 1, onlyIfNamed: true, redis: true } as const;

/** Publishing and handling at once, in one process, on the same messages: other libraries, and loops by hand. */
export const peers: readonly Scenario[] = [
  {
    ...COMMON,
    name: 'peers-bullmq',
    baselineName: 'BullMQ 6: addBulk of 1,000, a worker at concurrency 100',
    target: { atLeast: 8 },
    ours: endToEnd.ours,
    baseline: bullmq,
  },
  {
    ...COMMON,
    name: 'peers-moleculer',
    baselineName: 'Moleculer 0.15 channels: 500 at once, 1,000 in flight',
    target: { atLeast: 8 },
    ours: endToEnd.ours,
    baseline: moleculer,
  },
  {
    ...COMMON,
    name: 'peers-loops',
    baselineName: endToEnd.baselineName,
    ours: endToEnd.ours,
    ...(endToEnd.baseline && { baseline: endToEnd.baseline }),
  },
];
