import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy before a server: cuts the connection instead of passing on the answers it is told to lose. */
export class CuttingProxy {
  /** How many answers with the marker are still to be lost. */
  toLose = 0;
  /** How many were lost. */
  lost = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(
    private readonly target: number,
    /** What the answers to be lost contain. */
    private readonly marker: string,
  ) {
    this.server = createServer((client) => this.relay(client));
  }

  /** Resolves with the port it listens on. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(client: Socket): void {
    const upstream = connect(this.target, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => {
      if (this.toLose === 0 || !bytes.includes(this.marker)) return void client.write(bytes);
      this.toLose -= 1;
      this.lost += 1;
      client.destroy();
    });
  }
}
