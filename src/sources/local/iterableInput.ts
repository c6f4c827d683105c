import { closeFailed } from './closeFailed.ts';
import { END, type LocalInput } from './localInput.ts';

/** Pulls an iterable: one `next()` for each value there is credit for, `return()` when closed before its end. */
export class IterableInput<R> implements LocalInput<R> {
  private iterator: Iterator<R> | undefined;
  private running = false;
  private ended = false;

  constructor(private readonly iterable: Iterable<R>) {}

  open(): void {
    this.iterator = this.iterable[Symbol.iterator]();
  }

  take(): IteratorResult<R, unknown> | undefined {
    if (this.ended || !this.iterator) return END;
    const result = this.next(this.iterator);
    if (result.done) this.ended = true;
    else if (this.ended) this.leave();
    return result;
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    // A generator that is running can't be returned from: `take` sees to it when `next` is back.
    if (!this.running) this.leave();
  }

  private next(iterator: Iterator<R>): IteratorResult<R, unknown> {
    this.running = true;
    try {
      return iterator.next();
    } catch (cause) {
      this.ended = true;
      throw cause;
    } finally {
      this.running = false;
    }
  }

  private leave(): void {
    try {
      this.iterator?.return?.();
    } catch (cause) {
      closeFailed(cause);
    }
  }
}
