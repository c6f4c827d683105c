import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How long a connection that was half-open lies silent before its end is heard of, once the line is whole again. */
const LATE_MS = 100;

/**
 * The lines between one process and the servers: a TCP proxy for each server, which can be cut, slowed down, or made to
 * swallow what is sent while its connections stay open.
 */
export class Line {
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  /** When the last piece of what was slowed down arrives, by the socket that it is for. */
  private readonly due = new WeakMap<Socket, number>();
  private delayMs = 0;
  private state: 'whole' | 'cut' | 'silent' = 'whole';

  /** Resolves with pairs of a server's port and the one to connect to instead. */
  static async to(ports: readonly number[]): Promise<{ readonly line: Line; readonly detours: [number, number][] }> {
    const line = new Line();
    const detours = await Promise.all(
      ports.map(async (port): Promise<[number, number]> => [port, await line.listen(port)]),
    );
    return { line, detours };
  }

  /** Ends every connection, and refuses new ones. */
  cut(): void {
    this.state = 'cut';
    this.end();
  }

  /** Everything that is sent from now on takes this much longer, in both directions. */
  slow(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Connections stay open, new ones open too, and nothing that is sent arrives, now or later. */
  silence(): void {
    this.state = 'silent';
  }

  /** Makes it whole. Connections that have lost something on their way end. */
  heal(): void {
    const lost = this.state === 'silent';
    this.state = 'whole';
    this.delayMs = 0;
    if (lost) setTimeout(() => this.end(), LATE_MS);
  }

  async close(): Promise<void> {
    this.cut();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  private async listen(target: number): Promise<number> {
    const server = createServer((client) => this.relay(client, target));
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  private end(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private relay(client: Socket, target: number): void {
    if (this.state === 'cut') return void client.destroy();
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.on('data', (bytes) => this.pass(bytes, to));
    }
  }

  /** What was slowed down is not overtaken by what is sent after the line has healed. */
  private pass(bytes: Buffer, to: Socket): void {
    if (this.state === 'silent') return;
    const now = performance.now();
    const due = Math.max(now + this.delayMs, this.due.get(to) ?? 0);
    if (due <= now) return void to.write(bytes);
    this.due.set(to, due);
    setTimeout(() => to.destroyed || to.write(bytes), Math.ceil(due - now));
  }
}
