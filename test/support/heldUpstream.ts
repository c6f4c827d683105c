import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server that counts its calls, and answers each with its number once it is let. */
export class HeldUpstream implements AsyncDisposable {
  /** Who called, in order: their `by`. */
  readonly calls: string[] = [];
  private readonly held = new Map<number, ServerResponse>();
  private free = false;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<HeldUpstream> {
    const server = createServer();
    const upstream = new HeldUpstream(server);
    server.on('request', ({ url }, response) => upstream.called(new URL(url ?? '', 'http://x'), response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers every call that is there or comes. */
  answer(): void {
    this.free = true;
    for (const [number, response] of this.held) this.end(number, response);
    this.held.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private called(url: URL, response: ServerResponse): void {
    this.calls.push(url.searchParams.get('by') ?? '');
    const number = this.calls.length;
    if (this.free) this.end(number, response);
    else this.held.set(number, response);
  }

  private end(number: number, response: ServerResponse): void {
    response.end(JSON.stringify({ call: number }));
  }
}
