import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';

/** A read that waits on the server. */
export interface Wait {
  readonly key: string;
  readonly connection: Connection;
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

  enter(stream: string, group: string, connection: Connection): Wait {
    const wait = { key: keyOf(stream, group), connection };
    this.waiting.add(wait);
    return wait;
  }

  exit(wait: Wait): void {
    this.waiting.delete(wait);
  }

  /** Lets the waiting takes of a group look again. */
  wake(stream: string, group: string): void {
    const key = keyOf(stream, group);
    for (const wait of this.waiting) if (wait.key === key) this.end(wait);
  }

  /** Makes one read return. */
  end(wait: Wait): void {
    // Refused or not, the read ends by itself within `blockMs`.
    this.unblock(wait).catch(() => undefined);
  }

  /** The read may still be on its way to the server, where there is nothing to unblock yet. */
  private async unblock(wait: Wait): Promise<void> {
    for (let tries = 0; tries < TRIES && this.waiting.has(wait); tries += 1) {
      const { id } = wait.connection;
      if (id !== undefined) {
        const ended = await this.connections.first.run((client) => client.client('UNBLOCK', id));
        if (ended === 1) return;
      }
      await pause(BETWEEN_MS);
    }
  }
}

function keyOf(stream: string, group: string): string {
  return JSON.stringify([stream, group]);
}
