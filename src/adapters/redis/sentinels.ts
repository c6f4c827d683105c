import type { Redis } from 'ioredis';
import { toError } from '../../core/errors.ts';
import { StoreUnavailableError } from '../../core/storeErrors.ts';
import { discard, makeClient } from './client.ts';
import { deadline } from './deadline.ts';
import { type Endpoint, nameOf } from './endpoint.ts';
import type { Place } from './place.ts';
import type { Layout, Settings } from './settings.ts';

/** How long one sentinel may take, in ms. */
const PATIENCE_MS = 1_000;

/** The master that sentinels watch over. Connections that look for it at the same time ask once. */
export class Sentinels implements Place {
  private readonly all: readonly Endpoint[];
  private first = 0;
  private asking: Promise<Endpoint> | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly layout: Extract<Layout, { kind: 'sentinel' }>,
  ) {
    this.all = layout.sentinels;
  }

  find(): Promise<Endpoint> {
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
    const { master, client: signIn } = this.layout;
    const client = makeClient({ client: signIn, connectTimeoutMs: this.settings.connectTimeoutMs }, sentinel);
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
