import type { SchedulerLike } from 'rxjs';
import { ServiceMeter } from '../telemetry/serviceMeter.ts';
import type { Endpoints } from './endpoint.ts';
import type { CacheMark, Failure } from './reply.ts';

/** What an endpoint has done in this process. */
export interface EndpointMetrics {
  /** Requests that were taken up; those that came again count again. */
  readonly requests: number;
  readonly running: number;
  /** Those that were answered with a result. */
  readonly answered: number;
  /** Those of them that were answered from the cache, and of these, those that were older than they should have been. */
  readonly cached: number;
  readonly stale: number;
  /** Those that were answered with an error, by code. */
  readonly failed: Readonly<Record<string, number>>;
  /** Those that were given back, or that others have now. */
  readonly givenBack: number;
  /** Pages and items that were sent. */
  readonly pages: number;
  readonly items: number;
  /** What requests took altogether, and the longest of them, in ms. */
  readonly totalMs: number;
  readonly longestMs: number;
}

/** What a service has done in this process, as plain data. */
export interface ServiceMetrics {
  readonly running: number;
  /** By topic. */
  readonly endpoints: Readonly<Record<string, EndpointMetrics>>;
  /** Requests for endpoints that the service does not have. */
  readonly unknown: number;
}

/** How a request ended. */
export type RequestEnd =
  | {
      readonly kind: 'answered';
      readonly pages: number;
      readonly items: number;
      readonly cached: CacheMark | undefined;
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'given back' };

/** Keeps count of requests by endpoint, as plain data and for OpenTelemetry. */
export class ServiceBooks {
  /** Requests for endpoints that the service does not have. */
  unknown = 0;
  private readonly entries: ReadonlyMap<string, Entry>;
  private readonly meter: ServiceMeter;

  constructor(
    name: string,
    endpoints: Endpoints,
    private readonly scheduler: SchedulerLike,
  ) {
    this.entries = new Map(Object.keys(endpoints).map((topic) => [topic, new Entry()]));
    this.meter = new ServiceMeter(name);
  }

  /** Enters a request; what it returns enters its end. */
  begin(topic: string): (end: RequestEnd) => void {
    const entry = this.entries.get(topic);
    if (!entry) {
      this.unknown += 1;
      return () => undefined;
    }
    const beganMs = this.scheduler.now();
    const metered = this.meter.begin(topic);
    entry.requests += 1;
    entry.running += 1;
    return (end) => {
      const ms = this.scheduler.now() - beganMs;
      entry.end(end, ms);
      metered(ms / 1_000, end.kind === 'failed' ? end.failure.code : undefined);
    };
  }

  get metrics(): ServiceMetrics {
    const endpoints = [...this.entries].map(([topic, entry]) => [topic, entry.metrics] as const);
    const running = endpoints.reduce((sum, [, entry]) => sum + entry.running, 0);
    return { running, endpoints: Object.fromEntries(endpoints), unknown: this.unknown };
  }

  /** The share of the last 100 requests, over all endpoints, that failed in a way that is not the asker's; 0 to 1. */
  get errorRate(): number {
    const recent = [...this.entries.values()].flatMap((entry) => entry.recent);
    return recent.length === 0 ? 0 : recent.filter(Boolean).length / recent.length;
  }
}

const WINDOW = 100;

/** Whether the service, or what it stands on, is to blame; a wrong parameter, or what does not exist, is the asker's. */
function isOurs({ code, retryable }: Failure): boolean {
  return retryable || code === 'INTERNAL' || code.startsWith('HTTP_') || code.endsWith('_SHAPE');
}

class Entry {
  requests = 0;
  running = 0;
  readonly recent: boolean[] = [];
  private answered = 0;
  private cached = 0;
  private stale = 0;
  private givenBack = 0;
  private pages = 0;
  private items = 0;
  private totalMs = 0;
  private longestMs = 0;
  private readonly failed = new Map<string, number>();

  end(end: RequestEnd, ms: number): void {
    this.running -= 1;
    this.totalMs += ms;
    this.longestMs = Math.max(this.longestMs, ms);
    if (end.kind === 'given back') {
      this.givenBack += 1;
      return;
    }
    if (end.kind === 'answered') {
      this.answered += 1;
      this.pages += end.pages;
      this.items += end.items;
      if (end.cached) this.cached += 1;
      if (end.cached?.state === 'stale') this.stale += 1;
    } else this.failed.set(end.failure.code, (this.failed.get(end.failure.code) ?? 0) + 1);
    this.recent.push(end.kind === 'failed' && isOurs(end.failure));
    if (this.recent.length > WINDOW) this.recent.shift();
  }

  get metrics(): EndpointMetrics {
    const { requests, running, answered, cached, stale, givenBack, pages, items, totalMs, longestMs } = this;
    const failed = Object.fromEntries(this.failed);
    return { requests, running, answered, cached, stale, failed, givenBack, pages, items, totalMs, longestMs };
  }
}
