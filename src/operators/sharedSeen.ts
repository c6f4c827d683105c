import { randomUUID } from 'node:crypto';
import { interval, Observable, of, type SchedulerLike, type Subscriber, type Subscription } from 'rxjs';
import { toError } from '../core/errors.ts';
import type { KeyState, SeenRequest, StreamStore } from '../core/store.ts';
import { Soon } from '../internal/soon.ts';
import type { Seen } from './seen.ts';

export interface SharedSeenOptions {
  readonly store: Pick<StreamStore, 'seen'>;
  readonly name: string;
  readonly withinMs: number;
  readonly maxKeys: number;
  readonly scheduler: SchedulerLike;
}

/** How long a claim lasts unless it is prolonged, in ms: so long the keys of a process that died are not free. */
const CLAIM_MS = 15_000;

interface Asked {
  readonly key: string;
  readonly subscriber: Subscriber<KeyState>;
}

/**
 * Keys that all processes on a store have seen, in a list of the store. What is asked in the same turn goes in one call.
 * Claims are prolonged while their messages are being handled.
 */
export class SharedSeen implements Seen {
  readonly withinMs: number;
  readonly maxKeys: number;
  private readonly owner = randomUUID();
  private readonly claimed = new Set<string>();
  private renewal: Subscription | undefined;
  private readonly asked = { claim: [] as Asked[], keep: [] as Asked[] };
  private readonly soon = new Soon(() => this.send());

  constructor(private readonly options: SharedSeenOptions) {
    this.withinMs = options.withinMs;
    this.maxKeys = options.maxKeys;
  }

  claim(key: string): Observable<KeyState> {
    return new Observable((subscriber) => {
      // The store would take a second claim of this owner for the first, prolonged.
      if (this.claimed.has(key)) return void of({ heldMs: CLAIM_MS }).subscribe(subscriber);
      this.claimed.add(key);
      this.ask('claim', { key, subscriber });
    });
  }

  keep(key: string): Observable<unknown> {
    return new Observable((subscriber: Subscriber<KeyState>) => this.ask('keep', { key, subscriber }));
  }

  drop(key: string): void {
    if (!this.claimed.has(key)) return;
    this.free(key);
    // Unless it is told, the claim ends by itself.
    this.request('drop', [key]).subscribe({ error: () => undefined });
  }

  private ask(kind: 'claim' | 'keep', asked: Asked): void {
    this.asked[kind].push(asked);
    this.soon.ask();
  }

  private send(): void {
    for (const kind of ['keep', 'claim'] as const) {
      const asked = this.asked[kind].splice(0);
      if (asked.length === 0) continue;
      this.request(
        kind,
        asked.map(({ key }) => key),
      ).subscribe({
        next: (states) => this.told(kind, asked, states),
        error: (cause) => this.failed(kind, asked, toError(cause)),
      });
    }
  }

  private request(kind: SeenRequest['kind'], keys: readonly string[]): Observable<readonly KeyState[]> {
    const { store, name, withinMs, maxKeys } = this.options;
    const forMs = kind === 'keep' ? withinMs : CLAIM_MS;
    return store.seen(name, { kind, owner: this.owner, keys, forMs, most: maxKeys });
  }

  private told(kind: 'claim' | 'keep', asked: readonly Asked[], states: readonly KeyState[]): void {
    for (const [i, { key, subscriber }] of asked.entries()) {
      const state = states[i] ?? 'free';
      if (kind === 'keep' || state !== 'free') this.free(key);
      // Who asked may have gone: nobody else would end its claim.
      else if (subscriber.closed) this.drop(key);
      else this.renew();
      subscriber.next(state);
      subscriber.complete();
    }
  }

  private failed(kind: 'claim' | 'keep', asked: readonly Asked[], error: Error): void {
    for (const { key, subscriber } of asked) {
      if (kind === 'claim') this.free(key);
      subscriber.error(error);
    }
  }

  private free(key: string): void {
    this.claimed.delete(key);
    if (this.claimed.size > 0) return;
    this.renewal?.unsubscribe();
    this.renewal = undefined;
  }

  private renew(): void {
    this.renewal ??= interval(CLAIM_MS / 3, this.options.scheduler).subscribe(() =>
      this.request('claim', [...this.claimed]).subscribe({ error: () => undefined }),
    );
  }
}
