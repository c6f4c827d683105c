import { HEADER } from '../../bus/requests/protocol.ts';
import { EndpointError } from '../endpointError.ts';
import type { Failure, PagedAnswer } from '../reply.ts';
import type { Answering, AnsweringSetup, Ended } from './answering.ts';
import { orElse, orFailure, withoutDetails } from './orElse.ts';
import type { WeighedPage } from './pager.ts';
import type { Address } from './serviceRequest.ts';

/** One message to whoever called `bus.request`: the answer, whole, or why there is none. */
export class RequesterAnswering implements Answering {
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

function tooLarge(answerBytes: number): EndpointError {
  const message = `the answer has more than ${answerBytes} bytes, too many for one message: ask for less, or for pages (serviceClient, or a callbackTopic)`;
  return new EndpointError('ANSWER_TOO_LARGE', message, { details: { answerBytes } });
}
