import { describe, PermanentError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';

/** Data that fits none of a router's cases, though by its type it must: it is not what the type says. */
export class UnmatchedError extends PermanentError {
  constructor(message: Message, cases: readonly string[]) {
    super(
      `data ${describe(message.data)} on '${message.topic}' fits none of the cases ${cases.join(' | ')}, which are all its type allows: validate before routing`,
      { messageId: message.id },
      'UNMATCHED',
    );
  }
}
