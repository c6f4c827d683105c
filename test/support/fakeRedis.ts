import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What a fake answers a command, in RESP2; undefined for what it does by itself. */
export type FakeAnswer = (command: readonly string[]) => string | undefined;

/** A server on loopback that says it is a Redis of some version, and knows nothing but `INFO`, and what it is told to. */
export class FakeRedis implements AsyncDisposable {
  /** What it was asked, but for what a client says while it connects. */
  readonly asked: (readonly string[])[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  static async start(version: string, answer: FakeAnswer = () => undefined): Promise<FakeRedis> {
    const fake = new FakeRedis(version, answer);
    await once(fake.server.listen(0, '127.0.0.1'), 'listening');
    return fake;
  }

  private constructor(
    private readonly version: string,
    private readonly told: FakeAnswer,
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

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let next = commandOf(received); next; next = commandOf(received)) {
        received = received.slice(next.length);
        socket.write(this.answer(next.parts));
      }
    });
  }

  private answer(parts: readonly string[]): string {
    const [name = ''] = parts;
    if (/^info$/i.test(name) && /^server$/i.test(parts[1] ?? 'server'))
      return bulk(`# Server\r\nredis_version:${this.version}\r\nloading:0\r\n`);
    if (/^client$/i.test(name) && /^id$/i.test(parts[1] ?? '')) return ':1\r\n';
    if (/^(client|select|auth|hello)$/i.test(name)) return '+OK\r\n';
    this.asked.push(parts);
    return this.told(parts) ?? '+OK\r\n';
  }
}

/** A bulk string in RESP. */
export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** The first command of what came, once it is complete. */
function commandOf(text: string): { readonly parts: readonly string[]; readonly length: number } | undefined {
  const parts: string[] = [];
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  let at = head[0].length;
  while (parts.length < Number(head[1])) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!size) return undefined;
    const from = at + size[0].length;
    at = from + Number(size[1]) + 2;
    if (text.length < at) return undefined;
    parts.push(text.slice(from, at - 2));
  }
  return { parts, length: at };
}
