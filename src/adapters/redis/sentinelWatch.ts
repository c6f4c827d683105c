import type { Redis } from 'ioredis';
import { backoffMs } from '../../internal/backoff.ts';
import { discard } from './client.ts';
import { type Endpoint, nameOf } from './endpoint.ts';

const CHANNEL = '+switch-master';

/** What a watch needs of the sentinels. */
export interface WatchedSentinels {
  /** The name of the master that they watch. */
  readonly master: string;
  /** A client for the next sentinel, not connected yet. */
  next(): Redis;
  find(): Promise<Endpoint>;
}

/**
 * Listens to one sentinel after another for a new master. A master that is replaced while it is well takes writes for some
 * ten seconds more, which are lost: whoever waits for an error goes on writing there.
 */
export class SentinelWatch {
  private client: Redis | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    private readonly sentinels: WatchedSentinels,
    /** Told of the master's `host:port`. */
    private readonly moved: (where: string) => void,
  ) {
    this.listen();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    if (this.client) discard(this.client);
  }

  private listen(): void {
    const client = this.sentinels.next();
    this.client = client;
    client.on('error', () => undefined);
    client.on('message', (_channel, text) => this.heard(String(text)));
    client.once('end', () => this.again());
    // What went wrong ends the client.
    this.begin(client).catch(() => discard(client));
  }

  private async begin(client: Redis): Promise<void> {
    await client.connect();
    await client.subscribe(CHANNEL);
    this.failures = 0;
    // What was announced before it listened.
    this.moved(nameOf(await this.sentinels.find()));
  }

  /** `name old-host old-port new-host new-port` */
  private heard(text: string): void {
    const [name, , , host, port] = text.split(' ');
    if (name === this.sentinels.master && host) this.moved(nameOf({ host, port: Number(port) }));
  }

  private again(): void {
    if (this.closed) return;
    this.failures += 1;
    this.timer = setTimeout(() => this.listen(), backoffMs(this.failures, { initialMs: 100, maxMs: 5_000 }));
  }
}
