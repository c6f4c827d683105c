import type { StandardSchemaV1 } from '@standard-schema/spec';
import { PermanentError } from '../core/errors.ts';

/** How many issues the message names; all are in `issues`. */
const NAMED = 3;

/** Data that a schema rejects, with every issue it found. */
export class ValidationError extends PermanentError {
  constructor(
    readonly issues: readonly StandardSchemaV1.Issue[],
    messageId: string,
  ) {
    super(`message '${messageId}' is not valid: ${summary(issues)}`, { messageId }, 'VALIDATION');
  }
}

function summary(issues: readonly StandardSchemaV1.Issue[]): string {
  const named = issues.slice(0, NAMED).map(describeIssue).join('; ');
  return issues.length > NAMED ? `${named}; and ${issues.length - NAMED} more` : named;
}

function describeIssue({ path, message }: StandardSchemaV1.Issue): string {
  if (!path || path.length === 0) return message;
  const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  return `${keys.join('.')}: ${message}`;
}
