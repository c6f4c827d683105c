import { createHash } from 'node:crypto';
import { type BackoffOptions, backoffMs } from '../../internal/backoff.ts';
import { retryAfterMs } from './retryAfterMs.ts';

/** What a server last said of its limit. */
export interface SeenLimit {
  /** Requests for each period of the server's. */
  readonly limit: number | undefined;
  /** How many of them are left. */
  readonly remaining: number | undefined;
}

/**
 * How fast the users of one key may ask one server, by what it says.
 *
 * | the server says                                  | the next request goes                     |
 * |--------------------------------------------------|-------------------------------------------|
 * | 429 or 503, `Retry-After`                        | after it                                  |
 * | 429 without it, or with one that is over         | after a wait that grows with each in a row |
 * | `X-RateLimit-Remaining: 0`, `X-RateLimit-Reset`  | after the reset                           |
 * | anything else                                    | at once                                   |
 */
export class Pace {
  private blockedUntilMs = 0;
  private refusals = 0;
  private last: SeenLimit = { limit: undefined, remaining: undefined };

  /** What the server last said. */
  get seen(): SeenLimit {
    return this.last;
  }

  /** How long to wait, in ms. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.blockedUntilMs - nowMs);
  }

  /** Heeds a reply. @returns what the server said to wait, in ms; undefined if it did not say */
  heed(status: number, headers: Headers, nowMs: number, backoff: BackoffOptions): number | undefined {
    const limit = numberOf(headers.get('x-ratelimit-limit'));
    const remaining = numberOf(headers.get('x-ratelimit-remaining'));
    if (limit !== undefined || remaining !== undefined) this.last = { limit, remaining };
    const refused = status === 429 || status === 503;
    const asked = refused ? retryAfterMs(headers, nowMs) : undefined;
    if (status < 400) this.refusals = 0;
    // What was under way together is refused together: that is one.
    else if (status === 429 && (this.refusals === 0 || this.waitMs(nowMs) === 0)) this.refusals += 1;
    if (status === 429) this.block(nowMs + (asked || backoffMs(this.refusals, backoff)));
    else if (asked !== undefined) this.block(nowMs + asked);
    else if (remaining === 0) this.block(resetMs(headers.get('x-ratelimit-reset'), nowMs));
    return asked;
  }

  private block(untilMs: number): void {
    this.blockedUntilMs = Math.max(this.blockedUntilMs, untilMs);
    holding.add(this);
  }
}

const paces = new Map<string, WeakRef<Pace>>();
/** What holds somebody back outlives the clients that were told so. */
const holding = new Set<Pace>();

/** The pace that all users of a key share in this process. The key itself is not kept. */
export function paceOf(origin: string, key: string): Pace {
  const name = createHash('sha256').update(`${origin}\n${key}`).digest('base64');
  for (const pace of holding) if (pace.waitMs(Date.now()) === 0) holding.delete(pace);
  const known = paces.get(name)?.deref();
  if (known) return known;
  const pace = new Pace();
  for (const [other, ref] of paces) if (!ref.deref()) paces.delete(other);
  paces.set(name, new WeakRef(pace));
  return pace;
}

function numberOf(header: string | null): number | undefined {
  const number = header === null || header.trim() === '' ? Number.NaN : Number(header);
  return Number.isFinite(number) ? number : undefined;
}

/** A reset is seconds from now, or a time in seconds since the epoch: servers differ. */
function resetMs(header: string | null, nowMs: number): number {
  const seconds = numberOf(header);
  if (seconds === undefined) return 0;
  return seconds > 1e9 ? seconds * 1_000 : nowMs + seconds * 1_000;
}
