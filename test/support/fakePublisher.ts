import type { Context } from '@opentelemetry/api';
import type { Confirm, Publisher, PublishOptions } from '../../src/core/publisher.ts';

export interface Publication {
  readonly topic: string;
  readonly data: unknown;
  readonly options: PublishOptions;
  readonly context: Context;
  confirm(error?: Error): void;
}

/** Keeps what it is asked to publish; each publication waits for its `confirm`, unless told otherwise. */
export class FakePublisher implements Publisher {
  readonly publications: Publication[] = [];

  constructor(private readonly onSend: (publication: Publication) => void = () => undefined) {}

  send(topic: string, data: unknown, options: PublishOptions, context: Context, confirm: Confirm): void {
    const answer = (error?: Error) => confirm(error, error ? undefined : { id: `${this.publications.length}`, topic });
    const publication = { topic, data, options, context, confirm: answer };
    this.publications.push(publication);
    this.onSend(publication);
  }
}
