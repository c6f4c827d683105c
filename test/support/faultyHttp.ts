import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';

/** What a server does in place of answering. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'html'; readonly status: number }
  /** Promises more than it sends, then cuts. */
  | { readonly kind: 'cut' }
  /** Answers, and cuts after so many bytes of the body. */
  | { readonly kind: 'cutAfter'; readonly bytes: number }
  /** Cuts before anything is sent. */
  | { readonly kind: 'reset' }
  /** Never answers. */
  | { readonly kind: 'silent' }
  /** The headers, then nothing. */
  | { readonly kind: 'stalled' }
  /** A byte now and then, for ever. */
  | { readonly kind: 'drip' }
  | { readonly kind: 'bomb'; readonly encoding: 'gzip' | 'zstd'; readonly bytes: number }
  /** Says it is this large, and sends as much as is read. */
  | { readonly kind: 'huge'; readonly bytes: number }
  | { readonly kind: 'text'; readonly body: string; readonly headers?: Record<string, string> }
  | { readonly kind: 'redirect'; readonly to: string };

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
}

export interface Answered {
  readonly status: number;
  readonly json?: unknown;
  /** In place of JSON. */
  readonly body?: string | Buffer;
  /** In place of either, as fast as it is read. */
  readonly pieces?: Iterable<Buffer>;
  readonly headers?: Record<string, string>;
}

export type Answer = (request: Asked, body: string) => Answered;

/** A server of JSON that can be told to fail. */
export class FaultyHttp {
  readonly asked: Asked[] = [];
  /** Bytes that were written for `huge`, and of pieces. */
  written = 0;
  /** Requests whose connection was closed before the answer was complete. */
  left = 0;
  encoding: 'gzip' | 'zstd' | undefined;
  /** Whether what comes in pieces stays without its end. */
  stall = false;
  /** How long each answer takes, in ms. */
  slowMs = 0;
  private readonly faults: Fault[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(
    private readonly server: Server,
    private readonly answer: Answer,
  ) {
    server.on('request', (request, response) => void this.serve(request, response));
  }

  static async start(answer: Answer): Promise<FaultyHttp> {
    const server = createServer();
    const faulty = new FaultyHttp(server, answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return faulty;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next requests meet these, one each. */
  fail(...faults: Fault[]): void {
    this.faults.push(...faults);
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('close', () => {
      if (!response.writableFinished) this.left += 1;
    });
    response.on('error', () => undefined);
    const asked = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', this.url),
      headers: request.headers,
    };
    this.asked.push(asked);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (this.slowMs > 0) await this.wait(this.slowMs);
    const fault = this.faults.shift();
    if (fault && fault.kind !== 'cutAfter') return this.misbehave(fault, response);
    const { status, json, body, pieces, headers = {} } = this.answer(asked, Buffer.concat(chunks).toString());
    const type = { 'content-type': 'application/json', ...headers };
    if (pieces) {
      response.writeHead(status, type);
      return this.stream(response, pieces[Symbol.iterator](), fault?.bytes ?? Infinity);
    }
    const whole = this.encoded(Buffer.from(body ?? JSON.stringify(json)));
    const length = { 'content-length': String(whole.length) };
    response.writeHead(status, { ...type, ...length, ...(this.encoding && { 'content-encoding': this.encoding }) });
    if (fault) response.write(whole.subarray(0, fault.bytes), () => response.destroy());
    else response.end(whole);
  }

  private encoded(body: Buffer): Buffer {
    if (this.encoding === 'gzip') return gzipSync(body);
    return this.encoding === 'zstd' ? zstdCompressSync(body) : body;
  }

  private stream(response: ServerResponse, pieces: Iterator<Buffer>, cutAfter: number): void {
    let sent = 0;
    const more = () => {
      while (!response.destroyed) {
        const { done, value } = pieces.next();
        if (done) return void (this.stall || response.end());
        sent += value.length;
        this.written += value.length;
        if (sent >= cutAfter) return void response.write(value, () => response.destroy());
        if (!response.write(value)) return void response.once('drain', more);
      }
    };
    more();
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        resolve();
      }, ms);
      this.timers.add(timer);
    });
  }

  private misbehave(fault: Fault, response: ServerResponse): void {
    const json = { 'content-type': 'application/json' };
    switch (fault.kind) {
      case 'status':
        response.writeHead(fault.status, { ...json, ...fault.headers });
        response.end(fault.body ?? '{}');
        return;
      case 'html':
        response.writeHead(fault.status, { 'content-type': 'text/html' });
        response.end('<html><body><h1>Server Error</h1></body></html>');
        return;
      case 'text':
        response.writeHead(200, { ...json, ...fault.headers });
        response.end(fault.body);
        return;
      case 'redirect':
        response.writeHead(302, { location: fault.to });
        response.end();
        return;
      case 'reset':
        response.destroy();
        return;
      case 'silent':
        return;
      case 'stalled':
        response.writeHead(200, json);
        response.flushHeaders();
        response.write('{');
        return;
      case 'cut':
        response.writeHead(200, { ...json, 'content-length': '1000' });
        response.write('{"series":', () => response.destroy());
        return;
      case 'drip':
        response.writeHead(200, json);
        this.timers.add(setInterval(() => response.write(' '), 5));
        return;
      case 'bomb': {
        const zeros = Buffer.alloc(fault.bytes, 0x20);
        response.writeHead(200, { ...json, 'content-encoding': fault.encoding });
        response.end(fault.encoding === 'gzip' ? gzipSync(zeros) : zstdCompressSync(zeros));
        return;
      }
      case 'huge':
        response.writeHead(200, { ...json, 'content-length': String(fault.bytes) });
        this.pour(response);
    }
  }

  private pour(response: ServerResponse): void {
    const piece = Buffer.alloc(65_536, 0x20);
    const more = () => {
      while (!response.destroyed) {
        this.written += piece.length;
        if (!response.write(piece)) return void response.once('drain', more);
      }
    };
    more();
  }
}
