import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What a fake answers a command, in RESP2; undefined for what it answers anyway. */
export type Respond = (parts: readonly string[]) => string | undefined;

/** A server on loopback that says it is a Redis of some version, and knows nothing but `INFO` and what it is told. */
export class FakeRedis implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  static async start(version: string, respond: Respond = () => undefined): Promise<FakeRedis> {
    const fake = new FakeRedis(version, respond);
    await once(fake.server.listen(0, '127.0.0.1'), 'listening');
    return fake;
  }

  private constructor(
    private readonly version: string,
    private readonly respond: Respond,
  ) {
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
      for (let parts = read(received); parts; parts = read(received)) {
        received = received.slice(parts.length);
        socket.write(this.answer(parts.texts));
      }
    });
  }

  private answer(parts: readonly string[]): string {
    const told = this.respond(parts);
    if (told !== undefined) return told;
    if (parts[0]?.toLowerCase() !== 'info') return '+OK\r\n';
    return bulk(`# Server\r\nredis_version:${this.version}\r\nloading:0\r\n`);
  }
}

/** A text as an answer. */
export function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** The command at the beginning of what was received, if all of it is there; of ASCII only. */
function read(received: string): { readonly texts: readonly string[]; readonly length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(received);
  if (!head) return undefined;
  let length = head[0].length;
  const texts: string[] = [];
  for (let n = Number(head[1]); n > 0; n -= 1) {
    const size = /^\$(\d+)\r\n/.exec(received.slice(length, length + 20));
    if (!size) return undefined;
    const from = length + size[0].length;
    length = from + Number(size[1]) + 2;
    if (received.length < length) return undefined;
    texts.push(received.slice(from, length - 2));
  }
  return { texts, length };
}
