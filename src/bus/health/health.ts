import type { Observable } from 'rxjs';
import { firstValueFrom, timeout } from 'rxjs';
import { toError } from '../../core/errors.ts';
import type { StreamStats, StreamStore, TrimBounds } from '../../core/store.ts';
import type { SourceState } from '../../sources/sourceState.ts';
import type { PublishBuffer } from '../metrics/busMetrics.ts';
import { type StreamReport, streamReport } from '../streamReport.ts';
import { reasonsOf, type StreamHealth, streamHealth } from './streamHealth.ts';

/** How a bus is doing: what a load balancer asks, and what a person wants to know next. */
export interface Health {
  /**
   * `unhealthy`: the store can't be reached, or the bus is closed. `degraded`: something needs a look, and `reasons` says
   * what. Else `healthy`.
   */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /** A sentence each. */
  readonly reasons: readonly string[];
  readonly store: {
    readonly name: string;
    readonly connected: boolean;
    /** How long it took to ask what is in the first partition of `main`, in ms. */
    readonly latencyMs?: number;
    /** Why it is not connected. */
    readonly error?: string;
  };
  /** What waits to be published. */
  readonly publishing: Omit<PublishBuffer, 'failed'>;
  /** What this process reads, a partition each. */
  readonly sources: readonly SourceState[];
  /** Every stream of the bus, as the store knows it; those that were not answered for in time are left out. */
  readonly streams: readonly StreamHealth[];
}

export interface HealthOptions {
  /** How long to wait for the store, in ms. @default 2_000 */
  readonly timeoutMs?: number;
}

export interface HealthPort {
  readonly store: StreamStore;
  readonly closed: boolean;
  readonly buffer: PublishBuffer;
  readonly sources: readonly SourceState[];
  /** Each stream's name, partitions, and the bounds of each partition. */
  readonly streams: readonly {
    readonly name: string;
    readonly partitions: readonly string[];
    readonly bounds: TrimBounds;
  }[];
  /** How often streams are trimmed, in ms. */
  readonly everyMs: number;
}

/** A delivery that is out for longer gets a reason, in ms. */
const LATE_MS = 60_000;

/** Never rejects. */
export async function health(port: HealthPort, timeoutMs: number): Promise<Health> {
  const { store, sources } = port;
  const { failed, ...publishing } = port.buffer;
  const known = { publishing, sources, streams: [] };
  if (port.closed) {
    const reasons = ['the bus is closed'];
    return { status: 'unhealthy', reasons, store: { name: store.name, connected: false }, ...known };
  }
  const began = performance.now();
  try {
    const first = await within(store.stats('main.0'), timeoutMs);
    const latencyMs = performance.now() - began;
    const { streams, missing } = await allStreams(port, first, Math.max(1, timeoutMs - latencyMs));
    const reasons = [
      ...ofPublishing(publishing),
      ...sources.flatMap(ofSource),
      ...streams.flatMap(reasonsOf),
      ...missing,
    ];
    const status = reasons.length === 0 ? 'healthy' : 'degraded';
    return { status, reasons, store: { name: store.name, connected: true, latencyMs }, publishing, sources, streams };
  } catch (cause) {
    const error = toError(cause).message;
    const reasons = [`the store can't be used: ${error}`, ...ofPublishing(publishing)];
    return { status: 'unhealthy', reasons, store: { name: store.name, connected: false, error }, ...known };
  }
}

async function allStreams(port: HealthPort, first: StreamStats, timeoutMs: number) {
  const asked = port.streams.map(async ({ name, partitions, bounds }) => {
    const stats = await Promise.all(
      partitions.map((partition) =>
        partition === first.stream ? first : within(port.store.stats(partition), timeoutMs),
      ),
    );
    const report: StreamReport = streamReport(name, stats);
    return streamHealth(report, bounds, port.everyMs, Date.now());
  });
  const results = await Promise.allSettled(asked);
  const streams = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const missing = results.flatMap((result, i) =>
    result.status === 'rejected'
      ? [`stream '${port.streams[i]?.name}' was not answered for: ${toError(result.reason).message}`]
      : [],
  );
  return { streams, missing };
}

function within<T>(call: Observable<T>, ms: number): Promise<T> {
  return firstValueFrom(
    call.pipe(
      timeout({
        each: ms,
        with: () => {
          throw new Error(`no answer within ${Math.round(ms)} ms`);
        },
      }),
    ),
  );
}

function ofPublishing({ messages, bytes, maxBytes }: Omit<PublishBuffer, 'failed'>): readonly string[] {
  if (bytes < 0.9 * maxBytes) return [];
  return [`the publish buffer is full: ${messages} messages wait, ${bytes} of ${maxBytes} bytes`];
}

function ofSource({ stream, group, reading, unsettled }: SourceState): readonly string[] {
  const source = `group '${group}' on stream '${stream}'`;
  const reasons = reading ? [] : [`${source} is not reading: it enters its group, or ends`];
  for (const { stage = 'no stage', count, oldestMs } of unsettled) {
    if (oldestMs < LATE_MS) continue;
    reasons.push(`${source} has ${count} deliveries out in ${stage}, the oldest for ${Math.round(oldestMs)} ms`);
  }
  return reasons;
}
