import assert from 'node:assert/strict';
import { firstValueFrom, lastValueFrom, type Observable } from 'rxjs';
import { ACK, type Outcome } from '../../core/outcome.ts';
import { type PerPriority, perPriority } from '../../core/priority.ts';
import type {
  Entry,
  EntryRef,
  JoinOptions,
  Member,
  Settlement,
  StreamStore,
  Taken,
  TakeRequest,
} from '../../core/store.ts';
import { PATIENCE_MS } from './eventually.ts';
import { textOf } from './textOf.ts';

/** A consumer as the cases of the contract use it. */
export class ContractConsumer {
  private readonly inHand = new Map<string, Entry>();

  constructor(
    private readonly store: StreamStore,
    readonly member: Member,
  ) {}

  async join(leaseMs: number, options?: JoinOptions): Promise<void> {
    await lastValueFrom(this.store.join(this.member, leaseMs, options));
  }

  /** Has entries handed out to it once more. The ids of those that it holds no longer. */
  async again(entries: Entry | readonly Entry[]): Promise<readonly string[]> {
    const gone = await firstValueFrom(this.store.again(this.member, [entries].flat()));
    return gone.map(({ id }) => id);
  }

  async renew(leaseMs: number): Promise<void> {
    await lastValueFrom(this.store.renew(this.member, leaseMs));
  }

  async leave(): Promise<void> {
    await lastValueFrom(this.store.leave(this.member));
  }

  /** One take, not subscribed yet: credit of 100 a tier, and no wait, unless told otherwise. */
  taking(request: Partial<TakeRequest> = {}): Observable<Taken> {
    const { member } = this;
    return this.store.take({ member, credit: HUNDRED, waitMs: 0, inHand: () => this.inHand.values(), ...request });
  }

  /** One take. */
  async take(request: Partial<TakeRequest> = {}): Promise<Taken> {
    const hand = await firstValueFrom(this.taking(request));
    for (const entry of hand.entries) this.inHand.set(keyOf(entry), entry);
    return hand;
  }

  /** Takes until there are this many; none more may come along. */
  async takeAll(count: number, request: Partial<TakeRequest> = {}): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    const deadline = performance.now() + PATIENCE_MS;
    for (let waitMs = 0; entries.length < count; waitMs = 1_000) {
      assert(performance.now() < deadline, `${entries.length} of ${count} entries came`);
      entries.push(...(await this.take({ waitMs, ...request })).entries);
    }
    assert.equal(entries.length, count, 'entries taken');
    return entries;
  }

  /** Takes exactly one entry. */
  async takeOne(request: Partial<TakeRequest> = {}): Promise<Entry> {
    const [entry] = await this.takeAll(1, request);
    return entry as Entry;
  }

  /** Checks that there is nothing to take now. */
  async takeNothing(request: Partial<TakeRequest> = {}): Promise<void> {
    const { entries } = await this.take(request);
    assert.deepEqual(entries.map(textOf), [], 'there is nothing to take');
  }

  /** The payloads of one take, as text. */
  async payloads(request: Partial<TakeRequest> = {}): Promise<readonly string[]> {
    return (await this.take(request)).entries.map(textOf);
  }

  /** Settles entries at their attempts. */
  async settle(entries: Entry | readonly Entry[], outcome: Outcome = ACK, stage?: string): Promise<void> {
    const settlements = [entries].flat().map(({ priority, id, attempt }): Settlement => {
      const settlement = { priority, id, attempt, outcome };
      return stage === undefined ? settlement : { ...settlement, stage };
    });
    await this.settleAll(settlements);
  }

  async settleAll(settlements: readonly Settlement[]): Promise<void> {
    await lastValueFrom(this.store.settle(this.member, settlements));
    for (const settlement of settlements) this.inHand.delete(keyOf(settlement));
  }
}

const HUNDRED: PerPriority<number> = perPriority(() => 100);

function keyOf({ priority, id }: EntryRef): string {
  return `${priority}:${id}`;
}
