import { SluiceError } from '../../core/errors.ts';

/** The publisher's buffer is full, and its policy is to say so rather than to wait. */
export class BufferFullError extends SluiceError {
  constructor(topic: string, limitBytes: number, dropped: boolean) {
    super(
      'BUFFER_FULL',
      dropped
        ? `the message for '${topic}' was dropped for a newer one: the publish buffer of ${limitBytes} bytes is full (\`publish.full\` is 'drop-oldest')`
        : `the message for '${topic}' was not taken: the publish buffer of ${limitBytes} bytes is full (wait for earlier publishes, raise \`publish.bufferBytes\`, or set \`publish.full\` to 'wait')`,
    );
  }
}
