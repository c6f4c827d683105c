import type { Message } from '../../core/message.ts';
import type { PublishOptions } from '../../core/publisher.ts';
import type { CacheMark, Failure, Warning } from '../reply.ts';
import type { WeighedPage } from './pager.ts';

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
