import { Connection } from './connection.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';

/** A connection lent for a read that waits. */
export interface Loan {
  readonly connection: Connection;
  /** One of the same server that runs commands meanwhile. */
  readonly commands: Connection;
  giveBack(): void;
}

/** The pool of one server: some connections are shared by all commands, the others are lent to one waiting read each. */
export class Connections {
  private readonly shared: readonly Connection[];
  private readonly all = new Set<Connection>();
  private readonly idle: Connection[] = [];
  private safe: Connection | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly place: Place,
  ) {
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

  /** The connection of appends that wait until they are safe: on a shared one, everything behind would wait with them. */
  get durable(): Connection {
    this.safe ??= this.make();
    return this.safe;
  }

  /** Lends a connection for a read that waits, if one is left. */
  lend(): Loan | undefined {
    const connection = this.idle.pop() ?? (this.all.size < this.settings.connections ? this.make() : undefined);
    return connection && { connection, commands: this.first, giveBack: () => void this.idle.push(connection) };
  }

  has(connection: Connection): boolean {
    return this.all.has(connection);
  }

  /** Gives up those that lead elsewhere. */
  leave(where: string): void {
    for (const connection of this.all) connection.leave(where);
  }

  /** @param reason what later calls are told */
  close(reason?: () => Error): void {
    for (const connection of this.all) connection.close(reason);
  }

  private make(): Connection {
    const connection = new Connection(this.settings, this.place);
    this.all.add(connection);
    return connection;
  }
}
