import { expect } from 'chai';
import { Observable } from 'rxjs';
import { Exchange, type GoodReply } from '../../src/services/client/exchange.ts';
import { EndpointError, type Reply } from '../../src/services/index.ts';

const of = { requestId: 'r', topic: 'numbers.count' };

function page(sequence: number, after: string, digest: string): Reply {
  return { ...of, kind: 'page', sequence, after, digest, items: [sequence] };
}

function result(pages: number, after: string): Reply {
  return { ...of, kind: 'result', paged: true, pages, items: pages, after, answer: null, warnings: [] };
}

/** What a subscriber gets of replies: kinds and numbers, and how it ended. */
function seen(...replies: Reply[]): readonly unknown[] {
  const log: unknown[] = [];
  new Observable<GoodReply>((subscriber) => {
    const exchange = new Exchange(subscriber);
    for (const reply of replies) exchange.take(reply);
  }).subscribe({
    next: (reply) => log.push(reply.kind === 'page' ? reply.sequence : reply.kind),
    error: (error: EndpointError) => log.push(error.code),
    complete: () => log.push('|'),
  });
  return log;
}

describe('Exchange', () => {
  it('passes on what is whole', () => {
    expect(seen(page(0, '', 'a'), { ...of, kind: 'progress', done: 1 }, page(1, 'a', 'b'), result(2, 'b'))).deep.equal([
      0,
      'progress',
      1,
      'result',
      '|',
    ]);
    expect(seen(result(0, ''))).deep.equal(['result', '|']);
  });

  it('leaves out a page that comes again', () => {
    expect(seen(page(0, '', 'a'), page(0, '', 'z'), page(1, 'a', 'b'), result(2, 'b'))).deep.equal([
      0,
      1,
      'result',
      '|',
    ]);
  });

  it('errors at a gap, before and at the end', () => {
    expect(seen(page(0, '', 'a'), page(2, 'b', 'c'))).deep.equal([0, 'ANSWER_GAP']);
    expect(seen(page(0, '', 'a'), result(2, 'b'))).deep.equal([0, 'ANSWER_GAP']);
  });

  it('errors where a page or the end belongs to other data', () => {
    expect(seen(page(0, '', 'a'), page(1, 'z', 'b'))).deep.equal([0, 'ANSWER_CHANGED']);
    expect(seen(page(0, '', 'a'), result(1, 'z'))).deep.equal([0, 'ANSWER_CHANGED']);
    expect(seen(page(0, '', 'a'), page(1, 'a', 'b'), result(1, 'a'))).deep.equal([0, 1, 'ANSWER_CHANGED']);
  });

  it('leaves out what it does not know', () => {
    expect(seen({ ...of, kind: 'news' } as unknown as Reply, result(0, ''))).deep.equal(['result', '|']);
  });

  it('errors with what was replied', () => {
    const error = { code: 'HTTP_TIMEOUT', message: 'too late', retryable: true, details: { url: 'http://x/' } };
    let got: unknown;
    new Observable<GoodReply>((subscriber) => new Exchange(subscriber).take({ ...of, kind: 'error', error })).subscribe(
      {
        error: (cause) => (got = cause),
      },
    );
    expect(got).instanceOf(EndpointError).and.deep.include(error);
  });
});
