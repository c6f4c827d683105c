import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { spansOfJson } from './otlpJson.ts';
import { spansOfProtobuf } from './otlpProtobuf.ts';
import type { ReceivedSpan } from './receivedSpan.ts';

/** One export, and how it came. */
interface Export {
  readonly encoding: string;
  readonly gzip: boolean;
  readonly spans: readonly ReceivedSpan[];
}

/** A collector on loopback that takes traces by OTLP/HTTP, as protobuf or JSON, gzipped or not, and keeps them. */
export class OtlpReceiver implements AsyncDisposable {
  readonly exports: Export[] = [];

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await once(receiver.server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  private readonly server: Server = createServer((request, response) => {
    this.take(request, response).catch((cause) => response.writeHead(400).end(String(cause)));
  });

  private constructor() {}

  /** Where to export to. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/traces`;
  }

  get spans(): readonly ReceivedSpan[] {
    return this.exports.flatMap(({ spans }) => spans);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.url !== '/v1/traces') return void response.writeHead(404).end();
    const gzip = request.headers['content-encoding'] === 'gzip';
    const encoding = request.headers['content-type'] ?? '';
    const sent = await buffer(request);
    const body = gzip ? gunzipSync(sent) : sent;
    const json = encoding.startsWith('application/json');
    this.exports.push({ encoding, gzip, spans: json ? spansOfJson(String(body)) : spansOfProtobuf(body) });
    response.writeHead(200, { 'content-type': encoding }).end(json ? '{}' : '');
  }
}
