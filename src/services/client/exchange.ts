import type { Subscriber } from 'rxjs';
import { EndpointError } from '../endpointError.ts';
import type { PageReply, ProgressReply, Reply, ResultReply } from '../reply.ts';

/** What a request may bring before it errors. */
export type GoodReply = ProgressReply | PageReply | ResultReply<unknown>;

/**
 * Takes the replies to one request, and sees that nothing is missing.
 *
 * | a reply                                           | what becomes of it                    |
 * |---------------------------------------------------|---------------------------------------|
 * | progress                                          | passed on                             |
 * | a page that was there already                     | left out                              |
 * | the next page, behind what came before            | passed on                             |
 * | a page further on, or a result that counts more   | error `ANSWER_GAP`                    |
 * | a page or a result that does not chain            | error `ANSWER_CHANGED`                |
 * | a result                                          | passed on; completes                  |
 * | an error                                          | error                                 |
 * | of a kind that is not known here                  | left out                              |
 */
export class Exchange {
  private pages = 0;
  private digest = '';

  constructor(private readonly subscriber: Subscriber<GoodReply>) {}

  take(reply: Reply): void {
    if (reply.kind === 'progress') return this.subscriber.next(reply);
    if (reply.kind === 'page') return this.page(reply);
    if (reply.kind === 'result') return this.result(reply);
    if (reply.kind !== 'error') return;
    const { code, message, ...rest } = reply.error;
    this.fail(new EndpointError(code, message, rest));
  }

  fail(error: Error): void {
    this.subscriber.error(error);
  }

  private page(page: PageReply): void {
    if (page.sequence < this.pages) return;
    if (page.sequence > this.pages) return this.fail(gap(page.topic, this.pages, page.sequence));
    if (page.after !== this.digest) return this.fail(changed(page.topic));
    this.pages += 1;
    this.digest = page.digest;
    this.subscriber.next(page);
  }

  private result(result: ResultReply): void {
    if (result.pages > this.pages) return this.fail(gap(result.topic, this.pages, result.pages));
    if (result.pages < this.pages || result.after !== this.digest) return this.fail(changed(result.topic));
    this.subscriber.next(result);
    this.subscriber.complete();
  }
}

function gap(topic: string, from: number, to: number): EndpointError {
  const message = `pages ${from} to ${to - 1} of the answer on '${topic}' are missing: retention may have removed them before they were read`;
  return new EndpointError('ANSWER_GAP', message, { retryable: true });
}

function changed(topic: string): EndpointError {
  const message = `the answer on '${topic}' was begun by one instance and continued by another, and the data have changed in between: ask again`;
  return new EndpointError('ANSWER_CHANGED', message, { retryable: true });
}
