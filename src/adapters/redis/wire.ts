import type { Duplex } from 'node:stream';
import { StoreUnavailableError } from '../../core/storeErrors.ts';

/** What takes an answer, chunk by chunk. */
export interface Answer {
  /**
   * Takes what has come; whether the answer is complete.
   *
   * @throws {ReplyError} if it is complete and an error
   */
  take(chunk: Buffer): boolean;
}

interface Asking {
  readonly answer: Answer;
  resolve(): void;
  reject(cause: unknown): void;
}

/**
 * The socket of a connection that ioredis has made and signed in, taken over: requests go out as they are, and answers
 * come in as bytes. ioredis makes some twelve objects of every entry before anyone looks at it.
 */
export class Wire {
  private asking: Asking | undefined;
  private closed = false;

  constructor(private readonly socket: Duplex) {
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.once('close', () => {
      this.closed = true;
      this.end((asking) => asking.reject(closed()));
    });
  }

  /** Sends a request, one at a time; resolves when the answer is complete. */
  ask(request: string, answer: Answer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(closed());
      this.asking = { answer, resolve, reject };
      this.socket.write(request);
    });
  }

  private take(chunk: Buffer): void {
    const { asking } = this;
    try {
      if (!asking) throw new RangeError('the server answered what it was not asked');
      if (asking.answer.take(chunk)) this.end(() => asking.resolve());
    } catch (cause) {
      this.end(() => asking?.reject(cause));
    }
  }

  private end(tell: (asking: Asking) => void): void {
    const { asking } = this;
    this.asking = undefined;
    if (asking) tell(asking);
  }
}

function closed(): StoreUnavailableError {
  return new StoreUnavailableError('the server closed the connection');
}

/** A request in RESP (redis.io/docs/latest/develop/reference/protocol-spec). */
export function requestOf(parts: readonly (string | number)[]): string {
  let request = `*${parts.length}\r\n`;
  for (const part of parts) {
    const text = String(part);
    request += `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  }
  return request;
}
