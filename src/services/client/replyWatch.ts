import { randomUUID } from 'node:crypto';
import { firstValueFrom } from 'rxjs';
import type { Bus } from '../../bus/bus.ts';
import { Partitions } from '../../bus/partitions.ts';
import { REPLY_PREFIX } from '../../bus/streams.ts';
import { toError } from '../../core/errors.ts';
import { StoreClosedError } from '../../core/storeErrors.ts';
import type { Reply } from '../reply.ts';
import type { Exchange } from './exchange.ts';

/** Watches the replies to all requests of a bus, on one topic, from the first request until the bus is closed. */
export class ReplyWatch {
  /** Where replies are to go. */
  readonly address = `${REPLY_PREFIX}${randomUUID()}`;
  private readonly exchanges = new Map<string, Exchange>();
  private watching: Promise<void> | undefined;

  constructor(private readonly bus: Pick<Bus, 'store' | 'subscribe'>) {}

  /** Resolves once no reply to what is sent from now on can be missed. */
  ready(): Promise<void> {
    this.watching ??= this.watch().catch((cause) => {
      this.watching = undefined;
      throw cause;
    });
    return this.watching;
  }

  /** Hands an exchange the replies to a request, until what it returns is called. */
  add(requestId: string, exchange: Exchange): () => void {
    this.exchanges.set(requestId, exchange);
    return () => void this.exchanges.delete(requestId);
  }

  /** The position is taken before the first request is sent, so that no reply can come too early to be seen. */
  private async watch(): Promise<void> {
    const [stream = ''] = new Partitions('replies').names;
    const page = this.bus.store.read({ stream, from: 'latest', count: 1, waitMs: 0 });
    const { cursor } = await firstValueFrom(page);
    this.bus.subscribe(this.address, { from: { cursor } }).subscribe({
      next: ({ data }) => {
        const reply = data as Reply | null;
        const exchange = this.exchanges.get(reply?.requestId ?? '');
        try {
          exchange?.take(reply as Reply);
        } catch (cause) {
          // What comes over the bus may be anything, and must not end the view of all other replies.
          exchange?.fail(toError(cause));
        }
      },
      error: (cause) => this.ended(toError(cause)),
      complete: () => this.ended(new StoreClosedError('the bus')),
    });
  }

  private ended(error: Error): void {
    this.watching = undefined;
    for (const exchange of [...this.exchanges.values()]) exchange.fail(error);
  }
}
