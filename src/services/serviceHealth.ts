import type { Bus } from '../bus/bus.ts';
import type { Health } from '../bus/health/health.ts';
import { toError } from '../core/errors.ts';
import type { RunState } from '../pipeline/run.ts';
import type { RunningPipeline } from '../pipeline/runningPipeline.ts';
import type { ServiceBooks } from './serviceBooks.ts';

/** How something fares that a service stands on. */
export interface UpstreamHealth {
  /** A sentence for each thing that needs a look. */
  readonly reasons: readonly string[];
  /** What is known, as plain data. */
  readonly details: unknown;
}

/** How a service is doing, as seen from this process. */
export interface ServiceHealth {
  /**
   * `unhealthy`: it does not run, or the store can't be reached. `degraded`: it answers, and something needs a look; `reasons`
   * says what. Else `healthy`.
   */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /** A sentence each. */
  readonly reasons: readonly string[];
  readonly state: RunState;
  readonly restarts: number;
  /** Requests that run in this process. */
  readonly running: number;
  /** The share of the last 100 requests of each endpoint that failed in a way that is not the asker's fault; 0 to 1. */
  readonly errorRate: number;
  /** What all instances together have before them; absent where the store does not say. */
  readonly queue?: {
    /** Requests that were taken up and are not answered. */
    readonly pending: number;
    /** Messages, requests among them, that nobody has taken up; absent if the store can't tell. */
    readonly lag?: number;
    readonly instances: number;
  };
  readonly upstream?: unknown;
}

export interface ServiceHealthPort {
  readonly bus: Pick<Bus, 'health'>;
  readonly group: string;
  readonly books: ServiceBooks;
  readonly running: RunningPipeline;
  readonly upstream: (() => UpstreamHealth) | undefined;
}

/** From which share of failures on a service is degraded. */
const FAILING = 0.5;

/** Never rejects. */
export async function serviceHealth({
  bus,
  group,
  books,
  running,
  upstream,
}: ServiceHealthPort): Promise<ServiceHealth> {
  const known = await bus.health();
  const queue = queueOf(known, group);
  const { state } = running;
  const { errorRate } = books;
  const below = upstream && upstreamOf(upstream);
  const broken = [
    ...(state === 'running' ? [] : [`the service is ${state}`]),
    ...(known.status === 'unhealthy' ? known.reasons : []),
  ];
  const doubtful = [
    ...(errorRate < FAILING ? [] : [`${Math.round(errorRate * 100)} % of the last requests failed`]),
    ...(below?.reasons ?? []),
  ];
  const status = broken.length > 0 ? 'unhealthy' : doubtful.length > 0 ? 'degraded' : 'healthy';
  return {
    status,
    reasons: [...broken, ...doubtful],
    state,
    restarts: running.counts.restarts,
    running: books.metrics.running,
    errorRate,
    ...(queue && { queue }),
    ...(below && { upstream: below.details }),
  };
}

function upstreamOf(ask: () => UpstreamHealth): UpstreamHealth {
  try {
    return ask();
  } catch (cause) {
    const reason = `what the service stands on could not be asked: ${toError(cause).message}`;
    return { reasons: [reason], details: undefined };
  }
}

/** The group's, over all streams that it reads. */
function queueOf({ streams }: Health, group: string): ServiceHealth['queue'] {
  const groups = streams.flatMap((stream) => stream.groups.filter(({ name }) => name === group));
  if (groups.length === 0) return undefined;
  const lags = groups.map(({ lag }) => lag);
  const known = lags.every((lag) => lag !== undefined);
  return {
    pending: groups.reduce((sum, { pending }) => sum + pending, 0),
    ...(known && { lag: lags.reduce<number>((sum, lag) => sum + (lag ?? 0), 0) }),
    instances: Math.max(...groups.map(({ consumers }) => consumers)),
  };
}
