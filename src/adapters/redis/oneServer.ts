import type { Connection, Life } from './connection.ts';
import { Connections, type Loan } from './connections.ts';
import type { Place } from './place.ts';
import type { Part } from './request.ts';
import type { ScriptName } from './scripts.ts';
import type { Settings } from './settings.ts';
import type { Topology } from './topology.ts';
import type { Reply } from './valueReply.ts';

/** One server that has every key; behind sentinels, whichever is the master. */
export class OneServer implements Topology {
  private readonly connections: Connections;

  constructor(
    private readonly settings: Settings,
    private readonly place: Place,
  ) {
    this.connections = new Connections(settings, place);
    place.watch((where) => this.connections.leave(where));
  }

  get where(): string {
    return this.settings.where;
  }

  get server(): Topology['server'] {
    const { address, port } = this.settings;
    return { address, port };
  }

  open(): Promise<void> {
    return this.connections.first.open();
  }

  close(): void {
    this.place.close();
    this.connections.close();
  }

  call(stream: string, _key: string, parts: readonly Part[]): Promise<Reply> {
    return this.connections.of(stream).call(...parts);
  }

  script(stream: string, _key: string, name: ScriptName, parts: readonly Part[]): Promise<Reply> {
    return this.connections.of(stream).script(name, parts);
  }

  async durably<T>(_key: string, run: (life: Life, asking: boolean) => Promise<T>): Promise<T> {
    return run(await this.connections.durable.life(), false);
  }

  lend(): Loan | undefined {
    return this.connections.lend();
  }

  commandsOf(stream: string): Connection {
    return this.connections.of(stream);
  }

  over(_key: string, connection: Connection): Promise<void> {
    return connection.ready();
  }

  moved(): boolean {
    return false;
  }
}
