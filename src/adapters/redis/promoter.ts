import { LONGEST_MS } from '../../internal/longestMs.ts';
import { promote } from './promote.ts';
import type { Server } from './server.ts';

/** After how long it is tried again on a server that can't be reached, in ms. */
const AGAIN_MS = 1_000;

interface Expected {
  readonly atMs: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Appends what this process scheduled once it is due, so that readers that are blocked have it at once. Nothing depends on
 * it: whoever looks appends what is due, so without this process it comes when a reader looks again.
 *
 * Memory: a timer a stream. It does not keep the process alive.
 */
export class Promoter {
  private readonly expected = new Map<string, Expected>();
  private closed = false;

  constructor(private readonly server: Server) {}

  /** Something of the stream is due in so many ms; infinity for nothing. */
  expect(stream: string, inMs: number): void {
    if (inMs === Number.POSITIVE_INFINITY || this.closed) return;
    const atMs = performance.now() + inMs;
    const known = this.expected.get(stream);
    if (known && known.atMs <= atMs) return;
    clearTimeout(known?.timer);
    // Too early does no harm: the server says how long there is to go.
    const timer = setTimeout(() => this.ring(stream), Math.min(inMs, LONGEST_MS)).unref();
    this.expected.set(stream, { atMs, timer });
  }

  close(): void {
    this.closed = true;
    for (const { timer } of this.expected.values()) clearTimeout(timer);
    this.expected.clear();
  }

  private ring(stream: string): void {
    this.expected.delete(stream);
    promote(this.server, stream).then(
      ({ nextMs }) => this.expect(stream, nextMs),
      () => this.expect(stream, AGAIN_MS),
    );
  }
}
