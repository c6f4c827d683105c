import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailableError } from '../../core/storeErrors.ts';
import { backoffMs } from '../../internal/backoff.ts';
import { type ClusterNode, ClusterNodes } from './clusterNodes.ts';
import type { Connection, Life } from './connection.ts';
import type { Loan } from './connections.ts';
import type { Endpoint } from './endpoint.ts';
import { type Redirection, redirectionOf } from './redirection.ts';
import type { Part } from './request.ts';
import { type ScriptName, scriptOf } from './scripts.ts';
import type { Settings } from './settings.ts';
import { slotOf } from './slotOf.ts';
import type { Topology } from './topology.ts';
import { isReplyError, toStoreError } from './toStoreError.ts';
import type { Reply } from './valueReply.ts';

/** How often a call is sent on to another node. */
const MOST_MOVES = 5;
/** How long a call waits for keys that are on their way, or for a Cluster that is down, in ms. */
const PATIENCE_MS = 1_000;
/** How long a node may be silent until the others are asked who has its slots, in ms. */
const SUSPECT_MS = 1_000;

/** Sends to a node; `asked` to one that the slot is on its way to. */
type Send<T> = (node: ClusterNode, asked: boolean) => Promise<T>;

/**
 * A Redis Cluster: each key has a slot, and each slot a node. A node that has not got a slot, or not yet or no more, says so
 * and does nothing; then the call follows the slot, or waits a little. A connection that fails leaves open what was
 * done: the caller is told, and the map is asked for anew.
 */
export class Cluster implements Topology {
  readonly server: Topology['server'];
  readonly where: string;
  private readonly nodes: ClusterNodes;

  constructor(
    settings: Settings,
    private readonly seeds: readonly Endpoint[],
  ) {
    this.where = settings.where;
    this.server = { address: settings.address, port: settings.port };
    this.nodes = new ClusterNodes(settings, seeds);
  }

  open(): Promise<void> {
    return this.nodes.refresh();
  }

  close(): void {
    this.nodes.close();
  }

  call(stream: string, key: string, parts: readonly Part[]): Promise<Reply> {
    return this.run(key, ({ connections }, asked) => {
      const connection = connections.of(stream);
      return asked ? connection.asking(...parts) : connection.call(...parts);
    });
  }

  script(stream: string, key: string, name: ScriptName, parts: readonly Part[]): Promise<Reply> {
    return this.run(key, ({ connections }, asked) => {
      const connection = connections.of(stream);
      // Where the slot is on its way to, the script may be unknown, and finding out would use up the ASKING.
      return asked ? connection.asking('EVAL', scriptOf(name).source, ...parts) : connection.script(name, parts);
    });
  }

  durably<T>(key: string, run: (life: Life, asking: boolean) => Promise<T>): Promise<T> {
    return this.run(key, async ({ connections }, asked) => run(await connections.durable.life(), asked));
  }

  lend(key: string): Loan | undefined {
    return this.nodes.ownerOf(slotOf(key))?.connections.lend();
  }

  commandsOf(stream: string, key: string): Connection {
    const node = this.nodes.ownerOf(slotOf(key)) ?? this.nodes.at(this.seeds[0] as Endpoint);
    return node.connections.of(stream);
  }

  /** What it lost with a node that has not got the key any more can't change anything: keys move with all they are. */
  async over(key: string, connection: Connection): Promise<void> {
    const owner = this.nodes.ownerOf(slotOf(key));
    if (!owner?.connections.has(connection)) return;
    try {
      await this.watched(connection.ready());
    } catch (cause) {
      throw this.failed(owner, cause);
    }
  }

  moved(key: string, cause: unknown): boolean {
    const slot = slotOf(key);
    const redirection = redirectionOf(cause, this.nodes.ownerOf(slot)?.host ?? '');
    if (redirection?.kind === 'moved') this.nodes.moved(slot, redirection.to);
    else this.nodes.refreshSoon();
    return redirection !== undefined;
  }

  private async run<T>(key: string, send: Send<T>): Promise<T> {
    const slot = slotOf(key);
    const journey = new Journey(slot);
    let node = this.nodes.ownerOf(slot) ?? (await this.find(slot));
    let asked = false;
    for (;;) {
      try {
        return await this.watched(send(node, asked));
      } catch (cause) {
        const redirection = redirectionOf(cause, node.host);
        if (!redirection) throw this.failed(node, cause);
        await journey.goesOn(redirection, cause);
        asked = redirection.kind === 'ask';
        node = this.next(slot, redirection, node);
      }
    }
  }

  private next(slot: number, redirection: Redirection, node: ClusterNode): ClusterNode {
    if (redirection.kind === 'ask') return this.nodes.at(redirection.to);
    if (redirection.kind === 'moved') this.nodes.moved(slot, redirection.to);
    else this.nodes.refreshSoon();
    return this.nodes.ownerOf(slot) ?? node;
  }

  private async find(slot: number): Promise<ClusterNode> {
    await this.nodes.refresh();
    const node = this.nodes.ownerOf(slot);
    if (node) return node;
    throw new StoreUnavailableError(`no node of the Redis Cluster at ${this.where} has slot ${slot} now`);
  }

  /** A node that stands still says nothing: meanwhile its slots may have become another's. */
  private async watched<T>(call: Promise<T>): Promise<T> {
    const timer = setInterval(() => this.nodes.refreshSoon(), SUSPECT_MS);
    try {
      return await call;
    } finally {
      clearInterval(timer);
    }
  }

  private failed({ name }: ClusterNode, cause: unknown): unknown {
    if (isReplyError(cause)) return cause;
    this.nodes.refreshSoon();
    return toStoreError(cause, { where: name });
  }
}

/** How far a call has been sent about, and how long it has waited. */
class Journey {
  private moves = 0;
  private waits = 0;
  private readonly endMs = performance.now() + PATIENCE_MS;

  constructor(private readonly slot: number) {}

  /** Resolves when it may be sent again. */
  async goesOn({ kind }: Redirection, cause: unknown): Promise<void> {
    const { slot } = this;
    if (kind !== 'later') {
      this.moves += 1;
      if (this.moves <= MOST_MOVES) return;
      throw new StoreUnavailableError(`slot ${slot} of the Redis Cluster was not where ${MOST_MOVES} nodes said`, {
        cause,
      });
    }
    if (performance.now() >= this.endMs) {
      const { message } = cause as Error;
      throw new StoreUnavailableError(`the Redis Cluster can't serve slot ${slot} now: ${message}`, { cause });
    }
    this.waits += 1;
    await pause(backoffMs(this.waits, { initialMs: 10, maxMs: 200 }));
  }
}
