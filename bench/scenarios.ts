import type { Scenario } from './scenario.ts';
import { cacheHit } from './scenarios/cacheHit.ts';
import { consume } from './scenarios/consume.ts';
import { endToEnd } from './scenarios/endToEnd.ts';
import { endToEndBatched } from './scenarios/endToEndBatched.ts';
import { growth } from './scenarios/growth.ts';
import { latencyIdle, latencyLoaded } from './scenarios/latency.ts';
import { memory } from './scenarios/memory.ts';
import { peers } from './scenarios/peers.ts';
import { publish, publishOverlapped } from './scenarios/publish.ts';
import { publishLimit } from './scenarios/publishLimit.ts';
import { route } from './scenarios/route.ts';
import { routeCold, routeStarred } from './scenarios/routeCold.ts';
import { scale } from './scenarios/scale.ts';
import { soak } from './scenarios/soak.ts';
import { threads } from './scenarios/threads.ts';
import { trace1pct, traceAll, traceOff } from './scenarios/tracing.ts';

/** Every comparison there is, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  // Throughput, on Redis.
  publish,
  publishOverlapped,
  publishLimit,
  consume,
  endToEnd,
  endToEndBatched,
  // In this process's memory.
  memory,
  scale,
  threads,
  // Routing.
  route,
  routeCold,
  routeStarred,
  // Caching.
  cacheHit,
  // Latency.
  latencyIdle,
  latencyLoaded,
  // Tracing.
  traceOff,
  trace1pct,
  traceAll,
  // Cost as work grows.
  ...growth,
  // Memory over time.
  soak,
  // Other libraries, where they are asked for.
  ...peers,
];
