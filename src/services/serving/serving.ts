import { setImmediate as turn } from 'node:timers/promises';
import type { SchedulerLike } from 'rxjs';
import type { Cache } from '../../cache/cache.ts';
import { toError } from '../../core/errors.ts';
import type { Notify } from '../../core/notice.ts';
import type { PublishOptions } from '../../core/publisher.ts';
import type { HandlerContext } from '../../operators/handlerScope.ts';
import type { AnyEndpoint, EndpointContext, Endpoints } from '../endpoint.ts';
import { EndpointError } from '../endpointError.ts';
import type { ServiceBooks } from '../serviceBooks.ts';
import type { Answering, Ended } from './answering.ts';
import { answeringTo } from './answeringTo.ts';
import type { Answers } from './answers.ts';
import { answersOf } from './answersOf.ts';
import type { AnswerCache } from './cachedAnswers.ts';
import { DEADLINE_EXCEEDED, Deadline } from './deadline.ts';
import { failureOf, isTold } from './failureOf.ts';
import { Pager } from './pager.ts';
import { Progress } from './progress.ts';
import { pulled } from './pulled.ts';
import { Readers } from './readers.ts';
import { type Address, addressOf, requestIdOf, requestOf } from './serviceRequest.ts';
import { unlessAborted } from './unlessAborted.ts';
import { telling, UntoldError } from './untoldError.ts';
import { validParams } from './validParams.ts';
import { Warnings } from './warnings.ts';

export interface ServingSetup {
  readonly name: string;
  readonly endpoints: Endpoints;
  readonly publish: (topic: string, data: unknown, options: PublishOptions) => Promise<unknown>;
  /** How long a request may take that says nothing of it, in ms. */
  readonly timeoutMs: number;
  readonly pageBytes: number;
  readonly totalBytes: number;
  readonly answerBytes: number;
  /** Where answers are kept, of endpoints that say how. */
  readonly cache: Cache | undefined;
  readonly books: ServiceBooks;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
}

/** A request while it runs. */
interface Running {
  readonly endpoint: AnyEndpoint | undefined;
  readonly address: Address;
  readonly answering: Answering;
  readonly requestId: string;
  readonly handler: HandlerContext<unknown>;
}

/**
 * Runs requests and answers them.
 *
 * | what happens                                       | the asker is told        | the delivery is       |
 * |----------------------------------------------------|--------------------------|-----------------------|
 * | the endpoint answers                               | pages, the result        | acked                 |
 * | the request, its topic or its parameters are wrong | the error                | acked                 |
 * | the endpoint fails                                 | the error                | acked                 |
 * | its deadline has passed, before or meanwhile       | the error, if they listen | acked                |
 * | a reply can't be sent                              | nothing yet              | failed: tried again   |
 * | it names no topic that can be answered to          | nothing                  | rejected              |
 * | it is given back, or others have it                | nothing                  | not this one's        |
 */
export class Serving {
  private readonly publish: ServingSetup['publish'];
  private readonly kept: AnswerCache | undefined;

  constructor(private readonly setup: ServingSetup) {
    const { cache, timeoutMs, scheduler } = setup;
    this.kept = cache && { cache, readers: new Readers(), timeoutMs, scheduler };
    this.publish = telling(setup.publish);
  }

  readonly serve = async (_data: unknown, handler: HandlerContext<unknown>): Promise<void> => {
    const { message } = handler;
    const { name, endpoints, answerBytes, books } = this.setup;
    const address = addressOf(message, (topic) => topic.startsWith(`${name}.`));
    const endpoint = Object.hasOwn(endpoints, message.topic) ? endpoints[message.topic] : undefined;
    const end = books.begin(message.topic);
    const requestId = requestIdOf(message);
    const answering = answeringTo(address, { publish: this.publish, message, requestId, answerBytes });
    try {
      const ended = await this.run({ endpoint, address, answering, requestId, handler });
      const failure = await answering.result(ended);
      if (failure) end({ kind: 'failed', failure });
      else end({ kind: 'answered', pages: ended.pages, items: ended.items, cached: ended.cached });
    } catch (cause) {
      if (handler.signal.aborted) return end({ kind: 'given back' });
      if (cause instanceof UntoldError) {
        end({ kind: 'given back' });
        throw cause.cause;
      }
      const error = toError(cause);
      end({ kind: 'failed', failure: failureOf(error) });
      await this.failed(error, message.topic, address, answering);
    }
  };

  /** @throws whatever keeps it from being answered */
  private async run({ endpoint, address, answering, requestId, handler }: Running): Promise<Ended> {
    const { message } = handler;
    if (!endpoint) throw unknownEndpoint(message.topic, this.setup);
    const { scheduler, timeoutMs } = this.setup;
    const { params, deadlineMs, cacheTtlMs } = requestOf(message, address, timeoutMs);
    const deadline = new Deadline(message.topic, deadlineMs, handler.signal, scheduler);
    const { signal } = deadline;
    const progress = new Progress(scheduler, (done, total) => answering.progress(done, total));
    try {
      signal.throwIfAborted();
      const warnings = new Warnings();
      const told = { progress: progress.report, warn: warnings.warn };
      const context: EndpointContext = { message, requestId, signal, deadlineMs, ...told };
      const valid = await unlessAborted(validParams(endpoint, params), signal);
      const answers = answersOf(endpoint, valid, context, { kept: this.kept, cacheTtlMs });
      const ended = await this.answer(endpoint, answers, signal, answering);
      signal.throwIfAborted();
      return { ...ended, warnings: warnings.all, cached: answers.mark() };
    } finally {
      deadline.end();
      progress.end();
    }
  }

  private async answer(
    endpoint: AnyEndpoint,
    { items }: Answers,
    signal: AbortSignal,
    answering: Answering,
  ): Promise<Omit<Ended, 'warnings'>> {
    if (endpoint.kind === 'single') {
      let answer: unknown = null;
      for await (const only of pulled(items, signal)) answer = only;
      return { answer, paged: false, pages: 0, items: 0, after: '' };
    }
    const pager = new Pager({ ...this.setup, pageItems: endpoint.pageItems });
    for await (const item of pulled(items, signal)) {
      const page = pager.add(item);
      if (!page) continue;
      await answering.page(page);
      // Items that wait for nothing would leave no turn to anything else: to deadlines, to leases.
      await turn();
    }
    const rest = pager.rest();
    if (rest) await answering.page(rest);
    return { answer: null, paged: true, pages: pager.pages, items: pager.total, after: pager.after };
  }

  private async failed(error: Error, topic: string, address: Address, answering: Answering): Promise<void> {
    if (!isTold(error)) {
      const message = `endpoint '${topic}' failed: ${error.message}`;
      this.setup.notify({ level: 'error', code: 'ENDPOINT_FAILED', message, error });
    }
    const failure = failureOf(error);
    // Whoever called `bus.request` has given up by itself.
    if (failure.code === DEADLINE_EXCEEDED && address.kind === 'requester') return;
    try {
      await answering.failure(failure);
    } catch (cause) {
      throw cause instanceof UntoldError ? cause.cause : cause;
    }
  }
}

function unknownEndpoint(topic: string, { name, endpoints }: ServingSetup): EndpointError {
  const known = Object.keys(endpoints);
  const message = `service '${name}' has no endpoint '${topic}': it has ${known.join(', ')}`;
  return new EndpointError('UNKNOWN_ENDPOINT', message, { details: { endpoints: known } });
}
