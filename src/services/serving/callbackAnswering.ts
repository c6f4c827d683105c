import type { Failure, Reply } from '../reply.ts';
import type { Answering, AnsweringSetup, Ended } from './answering.ts';
import { orElse, orFailure, withoutDetails } from './orElse.ts';
import type { WeighedPage } from './pager.ts';

/**
 * Messages to a topic. Each has an id that is made of the request's, so that a request that runs again, since its answer
 * was sent and its ack was not, answers once; and the request's id as key, so that they keep their order.
 */
export class CallbackAnswering implements Answering {
  private told = 0;

  constructor(
    private readonly topic: string,
    private readonly setup: AnsweringSetup,
  ) {}

  progress(done: number, total: number | undefined): void {
    // Its loss is of no consequence; the store that refused it refuses what comes next as well.
    this.send(`progress-${this.told++}`, { kind: 'progress', done, ...(total !== undefined && { total }) }).catch(
      () => undefined,
    );
  }

  async page({ bytes, ...page }: WeighedPage): Promise<void> {
    await this.send(`page-${page.sequence}`, { kind: 'page', ...page });
  }

  result({ cached, ...ended }: Ended): Promise<Failure | undefined> {
    return orFailure(this, () => this.send('end', { kind: 'result', ...ended, ...(cached && { cached }) }));
  }

  async failure(error: Failure): Promise<void> {
    await orElse(
      () => this.send('end', { kind: 'error', error }),
      () => this.send('end', { kind: 'error', error: withoutDetails(error) }),
    );
  }

  private send(part: string, said: Unaddressed<Reply>): Promise<unknown> {
    const { publish, message, requestId } = this.setup;
    const { topic, key = '', id, priority } = message;
    // A producer may number the requests of each topic anew, and of each key.
    const options = { priority, id: `${topic}#${key}#${id}#${part}`, key: requestId };
    return publish(this.topic, { requestId, topic, ...said }, options);
  }
}

type Unaddressed<R> = R extends unknown ? Omit<R, 'requestId' | 'topic'> : never;
