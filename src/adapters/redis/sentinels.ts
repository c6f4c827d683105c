import type { Redis } from 'ioredis';
import { toError } from '../../core/errors.ts';
import { StoreUnavailableError } from '../../core/storeErrors.ts';
import { discard, makeClient } from './client.ts';
import { deadline } from './deadline.ts';
import { type Endpoint, nameOf } from './endpoint.ts';
import type { Place } from './place.ts';
import { SentinelWatch, type WatchedSentinels } from './sentinelWatch.ts';
import type { Layout, Settings } from './settings.ts';

/** How long one sentinel may take, in ms. */
const PATIENCE_MS = 1_000;

/** The master that sentinels watch over. Connections that look for it at the same time ask once. */
export class Sentinels implements Place {
  private readonly all: readonly Endpoint[];
  private first = 0;
  private asking: Promise<Endpoint> | undefined;
  private watching: SentinelWatch | undefined;
  private moved: ((where: string) => void) | undefined;
  private listened = 0;

  constructor(
    private readonly settings: Settings,
    private readonly layout: Extract<Layout, { kind: 'sentinel' }>,
  ) {
    this.all = layout.sentinels;
  }

  find(): Promise<Endpoint> {
    const { moved } = this;
    if (moved) this.watching ??= new SentinelWatch(this.watched(), moved);
    this.asking ??= this.askInTurn().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  /** A sentinel may be behind, and name a master that is one no more. */
  async check(client: Redis, where: string): Promise<void> {
    const [role] = (await client.call('ROLE')) as readonly string[];
    if (role === 'master') return;
    const found = `${where}, which a sentinel names as '${this.layout.master}', is no master but a ${role}`;
    throw new StoreUnavailableError(found);
  }

  /** Whoever named it may be behind: next time another is asked first. */
  failed(): void {
    this.first = (this.first + 1) % this.all.length;
  }

  /** Listens from the first time that the master is looked for. */
  watch(moved: (where: string) => void): void {
    this.moved = moved;
  }

  close(): void {
    this.moved = undefined;
    this.watching?.close();
  }

  private watched(): WatchedSentinels {
    return {
      master: this.layout.master,
      next: () => this.clientOf(this.all[this.listened++ % this.all.length] as Endpoint),
      find: () => this.find(),
    };
  }

  private clientOf(sentinel: Endpoint): Redis {
    const { connectTimeoutMs } = this.settings;
    return makeClient({ client: this.layout.client, connectTimeoutMs }, sentinel);
  }

  private async askInTurn(): Promise<Endpoint> {
    const refusals: string[] = [];
    for (let i = 0; i < this.all.length; i += 1) {
      const at = (this.first + i) % this.all.length;
      const sentinel = this.all[at] as Endpoint;
      try {
        const master = await this.ask(sentinel);
        this.first = at;
        return master;
      } catch (cause) {
        refusals.push(`${nameOf(sentinel)} (${toError(cause).message})`);
      }
    }
    throw new StoreUnavailableError(
      `no sentinel names the master '${this.layout.master}': asked ${refusals.join(', ')}; check the name and the addresses`,
    );
  }

  private async ask(sentinel: Endpoint): Promise<Endpoint> {
    const { master } = this.layout;
    const client = this.clientOf(sentinel);
    let trouble: Error | undefined;
    client.on('error', (error: Error) => {
      trouble ??= error;
    });
    try {
      const asked = client.connect().then(() => client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master));
      const found = (await deadline(asked, PATIENCE_MS, () => new Error('no answer'))) as [string, string] | null;
      if (found === null) throw new Error(`knows no '${master}'`);
      return { host: found[0], port: Number(found[1]) };
    } catch (cause) {
      throw trouble ?? cause;
    } finally {
      discard(client);
    }
  }
}
