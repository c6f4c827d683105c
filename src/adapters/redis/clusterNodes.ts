import { toError } from '../../core/errors.ts';
import { StoreClosedError, StoreError, StoreUnavailableError } from '../../core/storeErrors.ts';
import { Connection } from './connection.ts';
import { Connections } from './connections.ts';
import { deadline } from './deadline.ts';
import { type Endpoint, nameOf } from './endpoint.ts';
import { fixedPlace } from './place.ts';
import type { Settings } from './settings.ts';
import { SlotMap } from './slotMap.ts';
import type { Reply } from './valueReply.ts';

/** How long one node may take to say who has which slot, in ms. */
const PATIENCE_MS = 1_000;
/** The map is not asked for again sooner than this, in ms. */
const NOT_SOONER_MS = 100;
/** How long a node that has no slots any more may still answer what it was asked before, in ms. */
const LAST_ANSWERS_MS = 1_000;

/** A node of a Cluster, and the connections to it. */
export interface ClusterNode {
  readonly host: string;
  /** `host:port`. */
  readonly name: string;
  readonly connections: Connections;
}

/** The nodes of a Cluster that have slots, as far as is known. Which has a slot is asked of any of them. */
export class ClusterNodes {
  private map = new SlotMap();
  private readonly nodes = new Map<string, ClusterNode>();
  private readonly leaving = new Map<string, NodeJS.Timeout>();
  private loading: Promise<void> | undefined;
  private loadedAtMs = Number.NEGATIVE_INFINITY;
  private turn = 0;
  private closed = false;

  constructor(
    private readonly settings: Settings,
    private readonly seeds: readonly Endpoint[],
  ) {}

  /** The node that has a slot; undefined while that is not known. */
  ownerOf(slot: number): ClusterNode | undefined {
    const owner = this.map.ownerOf(slot);
    return owner && this.at(owner);
  }

  /** The node at a place; nothing connects to it yet. */
  at(endpoint: Endpoint): ClusterNode {
    const name = nameOf(endpoint);
    const known = this.nodes.get(name);
    if (known) return known;
    const connections = new Connections(this.settings, fixedPlace(endpoint));
    const node = { host: 'host' in endpoint ? endpoint.host : '', name, connections };
    this.nodes.set(name, node);
    return node;
  }

  /** Where the nodes are that have slots. */
  get masters(): readonly Endpoint[] {
    return [...this.map.masters.values()];
  }

  /** A slot is another's from now on; others may be as well. */
  moved(slot: number, to: Endpoint): void {
    this.map.move(slot, to);
    this.stays(nameOf(to));
    this.refreshSoon();
  }

  /** Asks who has which slot, one node after another until one answers. Who calls meanwhile shares the answer. */
  refresh(): Promise<void> {
    this.loading ??= this.load().finally(() => {
      this.loading = undefined;
      this.loadedAtMs = performance.now();
    });
    return this.loading;
  }

  /** The same in the background, unless that has just been done. */
  refreshSoon(): void {
    if (this.closed || this.loading || performance.now() - this.loadedAtMs < NOT_SOONER_MS) return;
    // Whoever needs to know meets what is wrong by itself.
    this.refresh().catch(() => undefined);
  }

  close(): void {
    this.closed = true;
    for (const timer of this.leaving.values()) clearTimeout(timer);
    for (const { connections } of this.nodes.values()) connections.close();
  }

  private async load(): Promise<void> {
    const refusals: string[] = [];
    for (const endpoint of this.toAsk()) {
      if (this.closed) throw new StoreClosedError();
      try {
        this.adopt(await this.ask(endpoint));
        return;
      } catch (cause) {
        if (cause instanceof StoreError && !cause.retryable) throw cause;
        refusals.push(`${nameOf(endpoint)} (${toError(cause).message})`);
      }
    }
    throw new StoreUnavailableError(
      `no node of the Redis Cluster knows who has its slots: asked ${refusals.join(', ')}`,
    );
  }

  /** The masters, each time beginning with the next; then who was named to begin with. */
  private toAsk(): readonly Endpoint[] {
    const { masters } = this;
    const start = masters.length === 0 ? 0 : this.turn++ % masters.length;
    const others = this.seeds.filter((seed) => !this.map.masters.has(nameOf(seed)));
    return [...masters.slice(start), ...masters.slice(0, start), ...others];
  }

  private async ask(endpoint: Endpoint): Promise<SlotMap> {
    const name = nameOf(endpoint);
    const known = this.nodes.get(name);
    const connection = known?.connections.first ?? new Connection(this.settings, fixedPlace(endpoint));
    try {
      const late = () => new StoreUnavailableError(`no answer within ${PATIENCE_MS} ms`);
      const reply = await deadline(connection.call('CLUSTER', 'SLOTS'), PATIENCE_MS, late);
      if ((reply as readonly Reply[]).length === 0) throw new StoreUnavailableError('it knows of no slots');
      return SlotMap.of(reply, 'host' in endpoint ? endpoint.host : '');
    } catch (cause) {
      const { message } = toError(cause);
      if (!/cluster support disabled/i.test(message)) throw cause;
      const advice = `Redis at ${name} is no node of a Redis Cluster: use redis:// in place of redis+cluster://`;
      throw new StoreError('STORE_ERROR', advice, false, { cause });
    } finally {
      if (!known) connection.close();
    }
  }

  private adopt(map: SlotMap): void {
    if (this.closed) return;
    this.map = map;
    const { masters } = map;
    for (const name of masters.keys()) this.stays(name);
    for (const [name, node] of this.nodes) if (!masters.has(name)) this.leaves(name, node);
  }

  private stays(name: string): void {
    clearTimeout(this.leaving.get(name));
    this.leaving.delete(name);
  }

  /** Answers of a node that has lost its slots still come, unless it stands still: then nobody waits for it any more. */
  private leaves(name: string, { connections }: ClusterNode): void {
    if (this.leaving.has(name)) return;
    const left = () => new StoreUnavailableError(`Redis at ${name} has no slots of its Cluster any more`);
    const close = () => {
      this.leaving.delete(name);
      this.nodes.delete(name);
      connections.close(left);
    };
    this.leaving.set(name, setTimeout(close, LAST_ANSWERS_MS));
  }
}
