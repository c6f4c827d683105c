import type { Writable } from 'node:stream';
import type { LineWriter } from './lineWriter.ts';

/** Lines into a stream of the user's, who ends it. */
export class StreamLines implements LineWriter {
  readonly name = 'a stream';

  constructor(private readonly stream: Writable) {
    hear(stream);
  }

  write(lines: string): Promise<void> {
    const { stream } = this;
    return new Promise((resolve, reject) => {
      // A stream that is destroyed may never call back.
      const closed = () => reject(new Error('it was closed'));
      stream.once('close', closed);
      stream.write(lines, (error) => {
        stream.off('close', closed);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const heard = new WeakSet<Writable>();

// Each write is told of its error; unheard, the event that follows would end the process. It may come after the write
// was answered, so the listener stays as long as the stream.
function hear(stream: Writable): void {
  if (heard.has(stream)) return;
  heard.add(stream);
  stream.on('error', () => undefined);
}
