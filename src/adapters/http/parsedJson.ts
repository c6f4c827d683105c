import { exactJson } from './exactJson.ts';
import { HttpContentError } from './httpErrors.ts';
import type { HttpHead } from './httpRequest.ts';
import type { Redaction } from './redaction.ts';

/** @throws {HttpContentError} if it is no JSON */
export function parsedJson(text: string, { url, status }: HttpHead, redaction: Redaction): unknown {
  try {
    return exactJson(text);
  } catch (thrown) {
    const what = /^\s*</.test(text) ? 'HTML' : 'what is no JSON';
    const excerpt = redaction.excerpt(text);
    // The parser's message quotes the body.
    const cause = redaction.cause(thrown);
    const message = `${url} answered ${what} where JSON was expected: ${excerpt}`;
    throw new HttpContentError(message, { url, status, excerpt, cause, retryable: false });
  }
}
