import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';

/** A call that looks for something and, if there is nothing, waits on the server. */
export interface Wait {
  readonly key: string;
  /** Something has changed since it began to look. */
  woken: boolean;
  /** Where it waits, once it does. */
  connection: Connection | undefined;
}

const TRIES = 50;
const BETWEEN_MS = 5;

/**
 * The reads of this process that wait on the server, so that they can be ended early: when cancelled, or when something
 * is due sooner than they know. Those of other processes look again within `blockMs`.
 */
export class Waits {
  private readonly waiting = new Set<Wait>();

  constructor(private readonly connections: Connections) {}

  /** Call it before looking: what changes while the answer is on its way wakes it too. */
  enter(stream: string, group = ''): Wait {
    const wait: Wait = { key: keyOf(stream, group), woken: false, connection: undefined };
    this.waiting.add(wait);
    return wait;
  }

  exit(wait: Wait): void {
    this.waiting.delete(wait);
  }

  /** Lets the takes of a group look again. */
  wake(stream: string, group: string): void {
    const key = keyOf(stream, group);
    for (const wait of this.waiting) if (wait.key === key) this.end(wait);
  }

  /** Makes one read return. */
  end(wait: Wait): void {
    wait.woken = true;
    // Refused or not, the read ends by itself within `blockMs`.
    if (wait.connection) this.unblock(wait, wait.connection).catch(() => undefined);
  }

  /** The read may still be on its way to the server, where there is nothing to unblock yet. */
  private async unblock(wait: Wait, { id }: Connection): Promise<void> {
    if (id === undefined) return;
    for (let tries = 0; tries < TRIES && this.waiting.has(wait); tries += 1) {
      const ended = await this.connections.first.run((client) => client.client('UNBLOCK', id));
      if (ended === 1) return;
      await pause(BETWEEN_MS);
    }
  }
}

function keyOf(stream: string, group: string): string {
  return JSON.stringify([stream, group]);
}
