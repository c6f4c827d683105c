import { Connection } from './connection.ts';
import type { Settings } from './settings.ts';

/** The pool: some connections are shared by all commands, the others are lent to one waiting read each. */
export class Connections {
  private readonly shared: readonly Connection[];
  private readonly all = new Set<Connection>();
  private readonly idle: Connection[] = [];

  constructor(private readonly settings: Settings) {
    const count = Math.max(1, Math.floor(settings.connections / 4));
    this.shared = Array.from({ length: count }, () => this.make());
  }

  get first(): Connection {
    return this.shared[0] as Connection;
  }

  /** The connection of a stream's commands: always the same, so that they run in the order they were sent. */
  of(stream: string): Connection {
    let sum = 0;
    for (let i = 0; i < stream.length; i += 1) sum = (sum * 31 + stream.charCodeAt(i)) >>> 0;
    return this.shared[sum % this.shared.length] as Connection;
  }

  /** Lends a connection for a read that waits, if one is left; give it back with `giveBack`. */
  lend(): Connection | undefined {
    return this.idle.pop() ?? (this.all.size < this.settings.connections ? this.make() : undefined);
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
