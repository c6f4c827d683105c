import type { Codecs } from '../../core/codecs.ts';
import { toError } from '../../core/errors.ts';
import { decodeMeta, type Meta } from '../../core/meta.ts';
import type { KeptDeadLetter, OpenDeadLetter } from './keptDeadLetter.ts';

/** Opens a dead letter. What can't be read is said, not thrown: that may be why it is one. */
export function openDeadLetter(letter: KeptDeadLetter, codecs: Codecs): OpenDeadLetter {
  const { stream, priority, entryId, payload, encoding } = letter;
  let meta: Meta = {};
  let data: unknown;
  let unreadable: Error | undefined;
  try {
    meta = decodeMeta(letter.meta);
    data = codecs.for(encoding).decode(payload);
  } catch (cause) {
    unreadable = toError(cause);
  }
  return {
    ...letter,
    data,
    ...(unreadable && { unreadable }),
    messageId: meta.id ?? `${stream}:${priority}:${entryId}`,
    ...(meta.key !== undefined && { key: meta.key }),
    headers: meta.headers ?? {},
    publishedAt: meta.time ?? Number.parseInt(entryId, 10),
  };
}
