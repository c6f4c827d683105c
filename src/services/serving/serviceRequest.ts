import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';
import { HEADER } from '../../bus/requests/protocol.ts';
import { LONGEST_KEPT_MS } from '../../cache/cachePolicy.ts';
import { PermanentError, toError } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import { checkTopic } from '../../core/topic.ts';
import { LONGEST_MS } from '../../internal/longestMs.ts';
import { EndpointError } from '../endpointError.ts';
import { issuesOf, sentenceOf } from './issues.ts';

/** A request as it is published: an object with `params`, or `callbackTopic`. Anything else is the parameters alone. */
export interface RequestEnvelope {
  readonly params: unknown;
  /** Where replies go. Not of `bus.request`, which is answered itself. */
  readonly callbackTopic?: string;
  /** In every reply. @default the message's id */
  readonly requestId?: string;
  /**
   * How old an answer from the cache may be, in whole ms; 0 asks anew. An older one may come if the upstream fails, and says
   * so. No answer is kept for longer than the endpoint says, however old it may be.
   * @default the endpoint's
   */
  readonly cacheTtlMs?: number;
  /** How long after it was published an answer is wanted, in ms. @default the service's `timeoutMs` */
  readonly timeoutMs?: number;
  /** Until when, in ms since the epoch. */
  readonly deadline?: number;
}

/** Whom the replies go to. */
export type Address =
  | { readonly kind: 'callback'; readonly topic: string }
  | { readonly kind: 'requester'; readonly topic: string; readonly correlation: string }
  | { readonly kind: 'nobody' };

/** What is asked. */
export interface ServiceRequest {
  readonly params: unknown;
  readonly cacheTtlMs: number | undefined;
  /** In ms since the epoch. */
  readonly deadlineMs: number;
}

const Envelope = z.strictObject({
  params: z.unknown(),
  callbackTopic: z.string().optional(),
  requestId: z.string().min(1).max(256).optional(),
  cacheTtlMs: z.int().min(0).max(LONGEST_KEPT_MS).optional(),
  timeoutMs: z.number().positive().max(LONGEST_MS).optional(),
  deadline: z.number().positive().optional(),
});

/**
 * Whom to answer, before anything else is looked at: what is wrong with the rest is told to them.
 *
 * @throws {PermanentError} if it names a topic that can't be answered to
 */
export function addressOf({ data, headers, id }: Message, isOwn: (topic: string) => boolean): Address {
  const replyTo = headers[HEADER.replyTo];
  if (replyTo !== undefined) {
    const topic = answerable(replyTo, `header ${HEADER.replyTo}`, id, isOwn);
    return { kind: 'requester', topic, correlation: headers[HEADER.correlation] ?? '' };
  }
  const callback = fieldOf(data, 'callbackTopic');
  if (callback === undefined) return { kind: 'nobody' };
  return { kind: 'callback', topic: answerable(callback, 'callbackTopic', id, isOwn) };
}

function answerable(topic: unknown, from: string, messageId: string, isOwn: (topic: string) => boolean): string {
  try {
    const checked = checkTopic(topic as string);
    if (isOwn(checked)) throw new Error('it is a topic of the service itself');
    return checked;
  } catch (cause) {
    const why = toError(cause).message;
    throw new PermanentError(`the request can't be answered to its ${from}: ${why}`, { messageId, cause });
  }
}

export function requestIdOf({ data, id }: Message): string {
  const own = fieldOf(data, 'requestId');
  return typeof own === 'string' && own !== '' && own.length <= 256 ? own : id;
}

/** @throws {EndpointError} `BAD_REQUEST`, if it is a request, and not as it should be */
export function requestOf({ data, headers, time }: Message, address: Address, timeoutMs: number): ServiceRequest {
  if (!isEnvelope(data)) {
    return { params: data, cacheTtlMs: undefined, deadlineMs: deadlineOf({}, headers, time, timeoutMs) };
  }
  if (!Object.hasOwn(data, 'params')) {
    throw badRequest([{ path: ['params'], message: 'they are missing: what the endpoint takes goes into `params`' }]);
  }
  const { success, data: envelope, error } = Envelope.safeParse(data);
  if (!success) throw badRequest(error.issues);
  if (address.kind === 'requester' && envelope.callbackTopic !== undefined) {
    const message = 'what is sent by bus.request is answered to its caller: leave it out, or publish the request';
    throw badRequest([{ path: ['callbackTopic'], message }]);
  }
  const { params, cacheTtlMs } = envelope;
  return { params, cacheTtlMs, deadlineMs: deadlineOf(envelope, headers, time, timeoutMs) };
}

function deadlineOf(
  { timeoutMs: own, deadline }: { timeoutMs?: number | undefined; deadline?: number | undefined },
  headers: Message['headers'],
  time: number,
  timeoutMs: number,
): number {
  const expires = Number(headers[HEADER.expires]);
  const asked = Number.isFinite(expires) ? expires : Infinity;
  const said = Math.min(own === undefined ? Infinity : time + own, deadline ?? Infinity, asked);
  return said === Infinity ? time + timeoutMs : said;
}

const TAKES = '{ params, callbackTopic?, requestId?, cacheTtlMs?, timeoutMs?, deadline? }';

function badRequest(issues: readonly StandardSchemaV1.Issue[]): EndpointError {
  const message = `the request is not as it should be: ${sentenceOf(issues)}; it takes ${TAKES}`;
  return new EndpointError('BAD_REQUEST', message, { details: { issues: issuesOf(issues), takes: TAKES } });
}

function isEnvelope(data: unknown): data is object {
  if (typeof data !== 'object' || data === null) return false;
  return Object.hasOwn(data, 'params') || Object.hasOwn(data, 'callbackTopic');
}

function fieldOf(data: unknown, name: string): unknown {
  return isEnvelope(data) ? Reflect.get(data, name) : undefined;
}
