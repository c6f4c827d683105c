import { HEADER } from '../../bus/requests/protocol.ts';
import { PermanentError } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import type { PublishOptions } from '../../core/publisher.ts';
import { EndpointError } from '../endpointError.ts';
import type { CacheMark, Failure, PagedAnswer, Reply, Warning } from '../reply.ts';
import { failureOf } from './failureOf.ts';
import type { WeighedPage } from './pager.ts';
import type { Address } from './serviceRequest.ts';

/** What went well. */
export interface Ended {
  /** The value; of an endpoint that answers in pages, null. */
  readonly answer: unknown;
  readonly paged: boolean;
  readonly pages: number;
  readonly items: number;
  readonly after: string;
  readonly warnings: readonly Warning[];
  readonly cached?: CacheMark | undefined;
}

/** Sends the replies to one request, in order. What it rejects with, nobody was told. */
export interface Answering {
  /** Not waited for; it comes before whatever is sent later. */
  progress(done: number, total: number | undefined): void;
  page(page: WeighedPage): Promise<void>;
  /** Resolves with what was told in its place, if it can't be sent. */
  result(ended: Ended): Promise<Failure | undefined>;
  failure(failure: Failure): Promise<void>;
}

export interface AnsweringSetup {
  readonly publish: (topic: string, data: unknown, options: PublishOptions) => Promise<unknown>;
  /** The request. */
  readonly message: Message;
  readonly requestId: string;
  /** The most bytes of an answer that is sent at once. */
  readonly answerBytes: number;
}

export function answeringTo(address: Address, setup: AnsweringSetup): Answering {
  if (address.kind === 'callback') return new CallbackAnswering(address.topic, setup);
  return address.kind === 'requester' ? new RequesterAnswering(address, setup) : NOBODY;
}

/**
 * Messages to a topic. Each has an id that is made of the request's, so that a request that runs again, since its answer
 * was sent and its ack was not, answers once; and the request's id as key, so that they keep their order.
 */
class CallbackAnswering implements Answering {
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
    const { topic, id, priority } = message;
    // A producer may number the requests of each topic anew.
    const options = { priority, id: `${topic}#${id}#${part}`, key: requestId };
    return publish(this.topic, { requestId, topic, ...said }, options);
  }
}

type Unaddressed<R> = R extends unknown ? Omit<R, 'requestId' | 'topic'> : never;

/** One message to whoever called `bus.request`: the answer, whole, or why there is none. */
class RequesterAnswering implements Answering {
  private readonly items: unknown[] = [];
  private bytes = 0;

  constructor(
    private readonly address: Address & { readonly kind: 'requester' },
    private readonly setup: AnsweringSetup,
  ) {}

  progress(): void {
    // Who waits for one message has no use for it.
  }

  async page({ items, bytes }: WeighedPage): Promise<void> {
    const { answerBytes } = this.setup;
    this.bytes += bytes;
    if (this.bytes > answerBytes) throw tooLarge(answerBytes);
    for (const item of items) this.items.push(item);
  }

  result({ paged, answer, warnings, cached }: Ended): Promise<Failure | undefined> {
    const { items } = this;
    const whole: unknown = paged ? ({ items, warnings, ...(cached && { cached }) } satisfies PagedAnswer) : answer;
    return orFailure(this, () => this.send('ok', whole));
  }

  async failure(failure: Failure): Promise<void> {
    const reply = { name: EndpointError.name, ...failure };
    await orElse(
      () => this.send('error', reply),
      () => this.send('error', withoutDetails(reply)),
    );
  }

  private send(status: 'ok' | 'error', data: unknown): Promise<unknown> {
    const { publish, message } = this.setup;
    const headers = { [HEADER.correlation]: this.address.correlation, [HEADER.status]: status };
    return publish(this.address.topic, data, { priority: message.priority, headers });
  }
}

/** Of a request without an address: it is run for what else it does, such as to fill the cache. */
const NOBODY: Answering = {
  progress: () => undefined,
  page: async () => undefined,
  result: async () => undefined,
  failure: async () => undefined,
};

/** What can't be encoded, or is too large, is answered otherwise: whoever asked waits for something. */
async function orElse<R>(
  send: () => Promise<unknown>,
  otherwise: (cause: PermanentError) => Promise<R>,
): Promise<R | undefined> {
  try {
    await send();
    return undefined;
  } catch (cause) {
    if (!(cause instanceof PermanentError)) throw cause;
    return otherwise(cause);
  }
}

function orFailure(answering: Answering, send: () => Promise<unknown>): Promise<Failure | undefined> {
  return orElse(send, async (cause) => {
    const failure = failureOf(cause);
    await answering.failure(failure);
    return failure;
  });
}

function withoutDetails<F extends Failure>({ details, ...rest }: F): Omit<F, 'details'> {
  return rest;
}

function tooLarge(answerBytes: number): EndpointError {
  const message = `the answer has more than ${answerBytes} bytes, too many for one message: ask for less, or for pages (serviceClient, or a callbackTopic)`;
  return new EndpointError('ANSWER_TOO_LARGE', message, { details: { answerBytes } });
}
