import type { Duplex } from 'node:stream';
import { StoreUnavailableError } from '../../core/storeErrors.ts';
import { Fifo } from '../../internal/fifo.ts';
import { ReplyBytes } from './replyBytes.ts';
import type { Request } from './request.ts';

/** Reads one answer, or as many as were asked for. */
export interface Answer {
  /** Reads what has come; whether it is complete. What is cut off stays unread. Throws where it makes no sense. */
  take(bytes: ReplyBytes): boolean;
}

interface Asking {
  readonly answer: Answer;
  resolve(): void;
  reject(cause: Error): void;
}

/**
 * The socket of a connection that ioredis has made and signed in, taken over. Requests go out as they are made, answers
 * are read by whoever asked, in that order: ioredis makes some twelve objects of an entry before anyone looks at it, and
 * a command of 500 arguments lives on until the old generation is collected.
 */
export class Wire {
  private readonly asked = new Fifo<Asking>();
  private readonly bytes = new ReplyBytes();
  private over: Error | undefined;

  constructor(private readonly socket: Duplex) {
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.once('close', () => this.end(new StoreUnavailableError('the server closed the connection')));
  }

  /** Sends requests together; resolves when the answer, which is of them all, is complete. */
  ask(requests: readonly Request[], answer: Answer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.over) return reject(this.over);
      this.asked.push({ answer, resolve, reject });
      for (const { body, encoding } of requests) this.socket.write(body, encoding);
    });
  }

  /** Fails what was asked and not answered, with why the connection is given up, and whatever is asked from now on. */
  end(error: Error): void {
    this.over ??= error;
    for (let next = this.asked.shift(); next; next = this.asked.shift()) next.reject(error);
  }

  private read(chunk: Buffer): void {
    if (!this.bytes.push(chunk)) return;
    try {
      for (let next = this.asked.first; next?.answer.take(this.bytes); next = this.asked.first) {
        this.asked.shift();
        next.resolve();
      }
      if (this.asked.size === 0 && !this.bytes.empty) throw new RangeError('the server answered what it was not asked');
    } catch (cause) {
      this.socket.destroy();
      this.end(new StoreUnavailableError('the server does not speak RESP2', { cause }));
    }
  }
}
