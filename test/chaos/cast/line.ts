import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How long after the line is whole again the connections that have lost something end, in ms. */
const LATE_MS = 100;

/**
 * The lines between one process and the servers: a TCP proxy for each server, which can be cut, slowed down, or made to
 * swallow what is sent while its connections stay open.
 */
export class Line {
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  /** What was slowed down and has not arrived, by the socket that it is for. */
  private readonly waiting = new WeakMap<Socket, Piece[]>();
  /** What has missed something: nothing of what follows may reach it, as it would take it for the rest of that. */
  private readonly broken = new Set<Socket>();
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

  /** How many ends of connections have missed something. */
  get lossy(): number {
    return this.broken.size;
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

  /** Makes it whole. Connections that have lost something on their way end a little later. */
  heal(): void {
    this.state = 'whole';
    this.delayMs = 0;
    const lost = [...this.broken];
    if (lost.length > 0) setTimeout(() => lost.forEach((socket) => void socket.destroy()), LATE_MS);
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
        this.broken.delete(from);
        to.destroy();
      });
      from.on('data', (bytes) => this.pass(bytes, to));
    }
  }

  private pass(bytes: Buffer, to: Socket): void {
    if (this.state === 'silent') this.broken.add(to);
    if (this.broken.has(to)) return;
    const waiting = this.waiting.get(to) ?? [];
    if (this.delayMs === 0 && waiting.length === 0) return void to.write(bytes);
    this.waiting.set(to, waiting);
    waiting.push({ bytes, due: performance.now() + this.delayMs });
    if (waiting.length === 1) this.passNext(waiting, to);
  }

  /** One after the other: what was slowed down is not overtaken by what is sent once the line is whole. */
  private passNext(waiting: Piece[], to: Socket): void {
    const [piece] = waiting;
    if (!piece || to.destroyed) return;
    setTimeout(
      () => {
        if (!to.destroyed) to.write(piece.bytes);
        waiting.shift();
        this.passNext(waiting, to);
      },
      Math.max(0, piece.due - performance.now()),
    );
  }
}

/** Bytes that are on their way. */
interface Piece {
  readonly bytes: Buffer;
  readonly due: number;
}
