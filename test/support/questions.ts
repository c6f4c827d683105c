import { type Bus, PRIORITIES, RequestTimeoutError } from '../../src/index.ts';
import { type DbnomicsEndpoints, EndpointError, type Reply, serviceClient } from '../../src/services/index.ts';
import { generatedDoc } from './dbnomicsServer.ts';

/** How a request ended: `right` is the answer to this very question. */
export type End = 'right' | 'wrong' | 'failed' | 'late' | 'twice';

const FETCH = 'dbnomics.series.fetch';
const CALLBACK = 'answers.here';

/** What a faithful server must have for the questions. */
export function docsFor(count: number) {
  return Array.from({ length: count }, (_, i) => generatedDoc(i));
}

/**
 * Asks for a series each, in three ways by turns and in all tiers, and compares each answer with its question: by
 * `serviceClient`, by `bus.request`, and with a callbackTopic.
 */
export class Questions {
  /** By number of the question. */
  readonly ends = new Map<number, End>();
  /** How long after its deadline the last one ended, in ms; negative if all were before. */
  lateMs = -Infinity;
  private readonly deadlines = new Map<number, number>();
  private readonly items = new Map<string, unknown[]>();

  constructor(
    private readonly bus: Bus,
    private readonly timeoutMs: number,
  ) {
    bus.subscribe(CALLBACK).subscribe(({ data }) => this.called(data as Reply));
  }

  async ask(count: number): Promise<void> {
    const client = serviceClient<DbnomicsEndpoints>(this.bus);
    const { timeoutMs } = this;
    for (let i = 0; i < count; i += 1) {
      const params = { ids: [idOf(i)] };
      this.deadlines.set(i, performance.now() + timeoutMs);
      const priority = PRIORITIES[i % PRIORITIES.length] ?? 'normal';
      if (i % 3 === 0) this.wait(i, client.request(FETCH, params, { priority, timeoutMs }));
      else if (i % 3 === 1) this.wait(i, this.bus.request(FETCH, params, { priority, timeoutMs }));
      else {
        const request = { params, callbackTopic: CALLBACK, requestId: `${i}`, timeoutMs };
        await this.bus.publish(FETCH, request, { priority });
      }
    }
  }

  count(end: End): number {
    return [...this.ends.values()].filter((one) => one === end).length;
  }

  private wait(i: number, answer: Promise<unknown>): void {
    answer.then(
      (whole) => this.end(i, endOf(i, (whole as { items: unknown[] }).items)),
      (error) => this.end(i, failureOf(error)),
    );
  }

  private called(reply: Reply): void {
    const { requestId, kind } = reply;
    const items = this.items.get(requestId) ?? [];
    if (kind === 'page') this.items.set(requestId, [...items, ...reply.items]);
    if (kind === 'result') this.end(Number(requestId), endOf(Number(requestId), items));
    if (kind === 'error') this.end(Number(requestId), lateOr(reply.error.code));
  }

  private end(i: number, end: End): void {
    this.lateMs = Math.max(this.lateMs, performance.now() - (this.deadlines.get(i) ?? 0));
    this.ends.set(i, this.ends.has(i) ? 'twice' : end);
  }
}

function idOf(i: number): string {
  return `GEN/big/S${i}`;
}

/** Compares an answer with what the server has of series `i`. */
function endOf(i: number, items: readonly unknown[]): End {
  const [series, ...more] = items as readonly { id: string; observations: readonly { value: number }[] }[];
  const values = series?.observations.map(({ value }) => value).join();
  return more.length === 0 && series?.id === idOf(i) && values === `${i},${i + 0.5}` ? 'right' : 'wrong';
}

function failureOf(error: unknown): End {
  if (error instanceof RequestTimeoutError) return 'late';
  return error instanceof EndpointError ? lateOr(error.code) : 'failed';
}

function lateOr(code: string): End {
  return code === 'DEADLINE_EXCEEDED' ? 'late' : 'failed';
}
