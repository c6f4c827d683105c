import { StoreError } from '../../core/storeErrors.ts';
import { Connection } from './connection.ts';
import type { Settings } from './settings.ts';

/** The pool: some connections are shared by all commands, the others are lent to one waiting read each. */
export class Connections {
  private readonly shared: readonly Connection[];
  private readonly all = new Set<Connection>();
  private readonly idle: Connection[] = [];
  private readonly assigned = new Map<string, Connection>();

  constructor(private readonly settings: Settings) {
    const count = Math.max(1, Math.floor(settings.connections / 4));
    this.shared = Array.from({ length: count }, () => this.make());
  }

  get first(): Connection {
    return this.shared[0] as Connection;
  }

  /** The connection of a stream's commands: always the same, so that they run in the order they were sent. */
  of(stream: string): Connection {
    const known = this.assigned.get(stream);
    if (known) return known;
    const connection = this.shared[this.assigned.size % this.shared.length] as Connection;
    this.assigned.set(stream, connection);
    return connection;
  }

  /**
   * Lends a connection for a read that waits; give it back with `giveBack`.
   *
   * @throws {StoreError} `POOL_EXHAUSTED` if all are lent
   */
  lend(): Connection {
    const idle = this.idle.pop();
    if (idle) return idle;
    const { connections } = this.settings;
    if (this.all.size < connections) return this.make();
    throw new StoreError(
      'POOL_EXHAUSTED',
      `all ${connections - this.shared.length} connections that may wait for messages are waiting: raise \`connections\` (${connections}) by one for each stream that is read beyond that`,
      true,
    );
  }

  giveBack(connection: Connection): void {
    this.idle.push(connection);
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }

  private make(): Connection {
    const connection = new Connection(this.settings);
    this.all.add(connection);
    return connection;
  }
}
