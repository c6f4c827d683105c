import { randomUUID } from 'node:crypto';
import type { Context } from '@opentelemetry/api';
import { asyncScheduler, firstValueFrom, type Subscription, timer } from 'rxjs';
import type { Message } from '../../core/message.ts';
import type { Publisher, PublishOptions } from '../../core/publisher.ts';
import type { Cursor } from '../../core/store.ts';
import { StoreClosedError } from '../../core/storeErrors.ts';
import { checkMs } from '../../operators/checkMs.ts';
import { type LiveViewPort, liveView } from '../../sources/liveView.ts';
import { REPLY_PREFIX } from '../streams.ts';
import { type FailureReply, HEADER, RequestFailedError, RequestTimeoutError } from './protocol.ts';

export interface RequestOptions extends Omit<PublishOptions, 'id' | 'time' | 'delayMs' | 'deliverAt'> {
  /** How long to wait for the answer, in ms. @default 10_000 */
  readonly timeoutMs?: number;
}

interface Waiting {
  readonly topic: string;
  readonly deadline: Subscription;
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Sends requests and hands each its reply. Watches its replies from the first request on. */
export class Requester {
  private readonly address = `${REPLY_PREFIX}${randomUUID()}`;
  private readonly waiting = new Map<string, Waiting>();
  private watch: Promise<Subscription> | undefined;
  private requests = 0;
  private closed = false;

  constructor(
    private readonly publisher: Publisher,
    private readonly port: LiveViewPort,
  ) {}

  async request(topic: string, data: unknown, options: RequestOptions, context: Context): Promise<unknown> {
    const { timeoutMs = 10_000, ...rest } = options;
    checkMs('timeoutMs', timeoutMs);
    await this.watching();
    if (this.closed) throw new StoreClosedError('the bus');
    const correlation = `${++this.requests}`;
    const headers = {
      ...rest.headers,
      [HEADER.replyTo]: this.address,
      [HEADER.correlation]: correlation,
      [HEADER.expires]: `${Date.now() + timeoutMs}`,
    };
    return new Promise((resolve, reject) => {
      const deadline = timer(timeoutMs, asyncScheduler).subscribe(() =>
        this.end(correlation)?.reject(new RequestTimeoutError(topic, timeoutMs)),
      );
      this.waiting.set(correlation, { topic, deadline, resolve, reject });
      this.publisher.send(topic, data, { ...rest, headers }, context, (error) => {
        if (error) this.end(correlation)?.reject(error);
      });
    });
  }

  /** Refuses what still waits. */
  async close(): Promise<void> {
    this.closed = true;
    for (const correlation of [...this.waiting.keys()]) this.end(correlation)?.reject(new StoreClosedError('the bus'));
    (await this.watch?.catch(() => undefined))?.unsubscribe();
  }

  private watching(): Promise<Subscription> {
    this.watch ??= this.watchReplies().catch((cause) => {
      this.watch = undefined;
      throw cause;
    });
    return this.watch;
  }

  /** The position is taken before the first request is sent, so that no reply can come too early to be seen. */
  private async watchReplies(): Promise<Subscription> {
    const [stream = ''] = this.port.streamsOf(this.address);
    const cursor = await this.latest(stream);
    return liveView(this.port, this.address, { from: { cursor } }).subscribe({
      next: (message) => this.answered(message),
      error: (error) => this.failed(error),
    });
  }

  private async latest(stream: string): Promise<Cursor> {
    const page = await firstValueFrom(this.port.store.read({ stream, from: 'latest', count: 1, waitMs: 0 }));
    return page.cursor;
  }

  private answered({ headers, data }: Message): void {
    const waiting = this.end(headers[HEADER.correlation] ?? '');
    if (!waiting) return;
    if (headers[HEADER.status] === 'error') {
      waiting.reject(new RequestFailedError(waiting.topic, data as FailureReply));
    } else waiting.resolve(data);
  }

  private failed(error: Error): void {
    this.watch = undefined;
    for (const correlation of [...this.waiting.keys()]) this.end(correlation)?.reject(error);
  }

  private end(correlation: string): Waiting | undefined {
    const waiting = this.waiting.get(correlation);
    this.waiting.delete(correlation);
    waiting?.deadline.unsubscribe();
    return waiting;
  }
}
