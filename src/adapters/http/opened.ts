import { toError } from '../../core/errors.ts';
import type { BackoffOptions } from '../../internal/backoff.ts';
import { bodyBeginning } from './bodyText.ts';
import { endClientSpan, startClientSpan } from './clientSpan.ts';
import { Exchange, type ExchangeOptions, type Outgoing } from './exchange.ts';
import { type HttpError, HttpRateLimitError, HttpStatusError } from './httpErrors.ts';
import type { HttpHead } from './httpRequest.ts';
import type { Pace } from './pace.ts';
import { retryable } from './retryable.ts';

/** An answer whose body is unread. */
export interface Opened extends HttpHead {
  readonly exchange: Exchange;
  readonly response: Response;
  /** Ends its span; the first call counts. */
  readonly end: (error?: Error) => void;
}

export interface OpeningOptions {
  readonly exchange: ExchangeOptions;
  readonly pace: Pace;
  readonly backoff: BackoffOptions;
}

/** Sends one request; the span and what the server says of its limit are looked after. A status of failure throws. */
export class Opening {
  readonly exchange: Exchange;

  constructor(
    private readonly outgoing: Outgoing,
    private readonly options: OpeningOptions,
  ) {
    this.exchange = new Exchange(outgoing, options.exchange);
  }

  async open(attempt: number): Promise<Opened> {
    const { exchange } = this;
    const { redaction, scheduler } = this.options.exchange;
    const { url, method } = this.outgoing;
    const span = startClientSpan(method, url, redaction.url(url), attempt);
    let status: number | undefined;
    let ended = false;
    const end = (error?: Error) => {
      if (ended) return;
      ended = true;
      endClientSpan(span, status, error);
    };
    try {
      const response = await exchange.respond();
      const { headers } = response;
      status = response.status;
      const asked = this.options.pace.heed(status, headers, scheduler.now(), this.options.backoff);
      if (!response.ok) throw await this.refusal(response, asked);
      return { exchange, response, status, headers, url: exchange.shown, end };
    } catch (cause) {
      end(toError(cause));
      throw cause;
    }
  }

  private async refusal(response: Response, asked: number | undefined): Promise<HttpError> {
    const { status } = response;
    const { redaction } = this.options.exchange;
    const text = await bodyBeginning(this.exchange.body(response));
    const excerpt = redaction.excerpt(text);
    const url = this.exchange.shown;
    const details = { url, status, excerpt, retryable: retryable({ status }) };
    const message = `${url} answered ${status}${excerpt === '' ? '' : `: ${excerpt}`}`;
    if (status === 429) return new HttpRateLimitError(message, details, asked);
    return new HttpStatusError(message, details, redaction.json(text));
  }
}
