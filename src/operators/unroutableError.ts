import { PermanentError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';

const SHOWN = 10;

/** A topic that none of a router's patterns matches. */
export class UnroutableError extends PermanentError {
  constructor(message: Pick<Message, 'id' | 'topic'>, patterns: readonly string[]) {
    super(
      `topic '${message.topic}' matches none of the patterns ${list(patterns)}: add one, or say with \`otherwise\` what becomes of the rest`,
      { messageId: message.id },
      'UNROUTABLE',
    );
  }
}

function list(patterns: readonly string[]): string {
  const shown = patterns.slice(0, SHOWN).map((pattern) => `'${pattern}'`);
  const more = patterns.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
