import type { Scenario } from './scenario.ts';
import { consume } from './scenarios/consume.ts';
import { endToEnd } from './scenarios/endToEnd.ts';
import { memory } from './scenarios/memory.ts';
import { publish } from './scenarios/publish.ts';
import { scale } from './scenarios/scale.ts';
import { threads } from './scenarios/threads.ts';
import { traceAll, traceOverhead } from './scenarios/traceOverhead.ts';

/** Every comparison there is, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  // On Redis.
  publish,
  consume,
  endToEnd,
  // In this process's memory.
  memory,
  scale,
  threads,
  // Tracing.
  traceOverhead,
  traceAll,
];
