import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server on loopback that says it is a Redis of some version, and knows nothing but `INFO`. */
export class FakeRedis implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  static async start(version: string): Promise<FakeRedis> {
    const fake = new FakeRedis(version);
    await once(fake.server.listen(0, '127.0.0.1'), 'listening');
    return fake;
  }

  private constructor(private readonly version: string) {
    this.server = createServer((socket) => this.serve(socket));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** How many clients are connected. */
  get clients(): number {
    return this.sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
      for (let command = COMMAND.exec(received); command; command = COMMAND.exec(received)) {
        received = received.slice(command[0].length);
        socket.write(this.answer(command[0]));
      }
    });
  }

  private answer(command: string): string {
    if (!/\r\ninfo\r\n/i.test(command)) return '+OK\r\n';
    const info = `# Server\r\nredis_version:${this.version}\r\nloading:0\r\n`;
    return `$${info.length}\r\n${info}\r\n`;
  }
}

/** An array of one to three bulk strings, which is all that a client sends while it connects. */
const COMMAND =
  /^(?:\*1\r\n(?:\$\d+\r\n[^\r]*\r\n)|\*2\r\n(?:\$\d+\r\n[^\r]*\r\n){2}|\*3\r\n(?:\$\d+\r\n[^\r]*\r\n){3})/;
