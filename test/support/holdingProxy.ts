import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Relay {
  readonly client: Socket;
  readonly upstream: Socket;
}

/** A TCP proxy before a server, whose connections can go silent or be lost to one side only. */
export class HoldingProxy implements AsyncDisposable {
  private readonly relays = new Set<Relay>();
  private readonly server: Server;
  private held = false;

  static async before(port: number): Promise<HoldingProxy> {
    const proxy = new HoldingProxy(port);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(private readonly target: number) {
    this.server = createServer((client) => this.relay(client));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections there have been. */
  connections = 0;

  /** From now on nothing passes on the connections there are, and none of them is closed. */
  silence(): void {
    for (const { client, upstream } of this.relays) {
      client.removeAllListeners('data').resume();
      upstream.removeAllListeners('data').resume();
    }
  }

  /** From now on the connections there are pass commands, and no answers. */
  dropAnswers(): void {
    for (const { upstream } of this.relays) upstream.removeAllListeners('data').resume();
  }

  /** Ends the connections for the clients; the server hears nothing of it. */
  leaveServerAlone(): void {
    for (const { client, upstream } of this.relays) {
      client.removeAllListeners('close').destroy();
      upstream.removeAllListeners('data').resume();
    }
  }

  /** Refuses every connection, and ends those there are. */
  cut(): void {
    this.held = true;
    for (const { client, upstream } of this.relays) {
      client.destroy();
      upstream.destroy();
    }
  }

  heal(): void {
    this.held = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(client: Socket): void {
    this.connections += 1;
    if (this.held) return void client.destroy();
    const upstream = connect(this.target, '127.0.0.1');
    const relay = { client, upstream };
    this.relays.add(relay);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('data', (bytes) => other.write(bytes));
      one.on('close', () => {
        other.destroy();
        this.relays.delete(relay);
      });
    }
  }
}
