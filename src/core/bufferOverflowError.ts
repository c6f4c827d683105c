import { SluiceError } from './errors.ts';

/** A source that can't be slowed pushed more than may be kept. */
export class BufferOverflowError extends SluiceError {
  constructor(message: string) {
    super('BUFFER_OVERFLOW', message);
  }
}
