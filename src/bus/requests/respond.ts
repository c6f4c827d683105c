import { catchError, defer, type Observable, of, throwError, timeout } from 'rxjs';
import type { Delivery } from '../../core/delivery.ts';
import { PermanentError, SluiceError, toError } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import { checkPattern } from '../../core/pattern.ts';
import type { PublishOptions } from '../../core/publisher.ts';
import { checkFunction } from '../../operators/checkFunction.ts';
import { checkMs } from '../../operators/checkMs.ts';
import { type Handler, handle } from '../../operators/handle.ts';
import { HandlerTimeoutError } from '../../operators/handlerTimeoutError.ts';
import { where } from '../../operators/where.ts';
import { pipeline } from '../../pipeline/pipeline.ts';
import type { StopOptions, StopReport } from '../../pipeline/run.ts';
import { stage } from '../../pipeline/stage.ts';
import type { FromTopicsOptions } from '../../sources/fromTopics.ts';
import { onlyAnswer } from './onlyAnswer.ts';
import { type FailureReply, HEADER } from './protocol.ts';

/** Answers a request with a value, or a Promise or an Observable of one; nothing is answered as null. */
export type RespondHandler = Handler<unknown, unknown>;

export interface RespondOptions extends Partial<FromTopicsOptions> {
  /** How many requests may be handled at once. @default 16 */
  readonly concurrency?: number;
  /** How long a handler may take, in ms; then the requester is told so. @default 30_000 */
  readonly timeoutMs?: number;
}

/** What a responder needs of a bus. */
export interface RespondPort {
  from(pattern: string, options: FromTopicsOptions): Observable<Delivery>;
  publish(topic: string, data: unknown, options: PublishOptions): Promise<unknown>;
}

/** Something that answers requests. */
export interface Responder extends AsyncDisposable {
  /** Takes no more requests and lets those in flight finish. */
  stop(options?: StopOptions): Promise<StopReport>;
}

/**
 * Answers the requests on the topics that match a pattern. Each is answered once, with the handler's answer or its error:
 * a requester waits, so a failure is told at once rather than tried again. Requests that nobody waits for any more are
 * passed over. Responders of one pattern share the requests.
 *
 * @throws {InvalidPatternError | InvalidOptionError} at the call
 */
export function respond(
  bus: RespondPort,
  pattern: string,
  handler: RespondHandler,
  options: RespondOptions = {},
): Responder {
  const { concurrency = 16, timeoutMs = 30_000, group = groupOf(checkPattern(pattern)), ...rest } = options;
  checkFunction('handler', handler);
  checkMs('timeoutMs', timeoutMs);
  const running = pipeline(
    `respond ${pattern}`,
    bus.from(pattern, { ...rest, group }),
    stage('awaited', where(isAwaited)),
    stage('handle', handle(answering(handler, timeoutMs), { concurrency })),
    stage('reply', handle(replying(bus), { concurrency })),
  ).run();
  return { stop: (stopping) => running.stop(stopping), [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

/** What a requester is told when the handler failed. */
class FailedAnswer implements FailureReply {
  readonly name: string;
  readonly message: string;
  readonly code?: string;

  constructor(error: Error) {
    this.name = error.name;
    this.message = error.message;
    if (error instanceof SluiceError) this.code = error.code;
  }
}

function groupOf(pattern: string): string {
  return `respond-${pattern.replace(/[\s:{}]/g, '_')}`.slice(0, 128);
}

function isAwaited(_data: unknown, { headers }: Message): boolean {
  const expires = headers[HEADER.expires];
  return expires === undefined || Date.now() < Number(expires);
}

function answering(handler: RespondHandler, timeoutMs: number): RespondHandler {
  return (data, context) => {
    const { id } = context.message;
    const late = () => throwError(() => new HandlerTimeoutError(timeoutMs, id));
    return defer(() => onlyAnswer(handler(data, context), id)).pipe(
      timeout({ first: timeoutMs, with: late }),
      catchError((cause) => of(new FailedAnswer(toError(cause)))),
    );
  };
}

/**
 * Publishes an answer to where its request says; a request without an address is only handled. An answer that can't be
 * published, since it can't be encoded or is too large, is answered with that: the requester waits for something.
 */
function replying(bus: RespondPort): Handler<unknown, Promise<void>> {
  return async (answer, { message }) => {
    const address = message.headers[HEADER.replyTo];
    if (address === undefined) return;
    try {
      await bus.publish(address, answer, replyOptions(message, answer));
    } catch (cause) {
      if (!(cause instanceof PermanentError)) throw cause;
      const failed = new FailedAnswer(cause);
      await bus.publish(address, failed, replyOptions(message, failed));
    }
  };
}

function replyOptions({ headers, priority }: Message, answer: unknown): PublishOptions {
  const status = answer instanceof FailedAnswer ? 'error' : 'ok';
  return { priority, headers: { [HEADER.correlation]: headers[HEADER.correlation] ?? '', [HEADER.status]: status } };
}
