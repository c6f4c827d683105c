import { SluiceError } from '../../core/errors.ts';

/** An Observable pushed more than its consumers settled and its buffer holds. */
export class BufferOverflowError extends SluiceError {
  constructor(name: string, bufferSize: number) {
    super(
      'BUFFER_OVERFLOW',
      `source '${name}' was pushed more than it may keep: all its credit is out and ${bufferSize} wait; ` +
        "slow the input, raise `bufferSize`, pass an iterable (it is pulled), or let it drop: overflow: 'drop-oldest'",
    );
  }
}
