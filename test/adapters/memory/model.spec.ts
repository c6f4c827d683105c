import { expect } from 'chai';
import fc from 'fast-check';
import { ACK, type Outcome, RELEASE } from '../../../src/core/outcome.ts';
import type { Entry, Member } from '../../../src/core/store.ts';
import { FencedError } from '../../../src/core/storeErrors.ts';
import { Clock } from './support/clock.ts';
import { now, Stream } from './support/stream.ts';

const LEASE_MS = 100;
const OUTCOMES: readonly Outcome[] = [
  ACK,
  RELEASE,
  { kind: 'retry', delayMs: 0 },
  { kind: 'retry', delayMs: 70 },
  { kind: 'reject', error: new Error('no') },
];

/** What anyone may do to a store, with a number that decides the details. */
const step = fc.tuple(
  fc.constantFrom('append', 'take', 'settle', 'leave', 'renew', 'pass time', 'trim'),
  fc.nat(1_000),
);

/** A naive account of what each message may look like from outside. */
class Model {
  readonly clock = new Clock();
  readonly stream = new Stream({ scheduler: this.clock });
  readonly hands = new Map<Member, Entry[]>();
  /** Hand-outs that count, by payload. */
  readonly attempts = new Map<string, number>();
  readonly ended = new Set<string>();
  private names = 0;

  run([what, n]: [string, number]): void {
    const members = [...this.hands.keys()];
    const member = members[n % 3] ?? this.join();
    try {
      if (what === 'append') this.append(1 + (n % 5));
      else if (what === 'take') this.take(member, 1 + (n % 7));
      else if (what === 'settle') this.settle(member, n);
      else if (what === 'leave') this.leave(member);
      else if (what === 'renew') now(this.stream.store.renew(member, LEASE_MS));
      else if (what === 'trim') now(this.stream.store.trim('s', { maxEntries: 0 }));
      else this.clock.move(n % 90);
    } catch (error) {
      expect(error).to.be.instanceOf(FencedError);
      // Fenced: its work belongs to others now. What it had counts as handed out.
      this.hands.delete(member);
    }
  }

  /** Takes and acks everything there is; each message must come, once. */
  finish(): void {
    this.clock.move(1_000);
    this.hands.clear();
    const last = this.join();
    for (let entries = this.take(last, 100); entries.length > 0; entries = this.take(last, 100)) {
      this.settleAll(last, entries, ACK);
    }
  }

  private join(): Member {
    const member = this.stream.join(`c${this.names++}`, LEASE_MS);
    this.hands.set(member, []);
    return member;
  }

  private append(count: number): void {
    for (let i = 0; i < count; i++) {
      const payload = `m${this.attempts.size}`;
      this.attempts.set(payload, 0);
      this.stream.append(payload);
    }
  }

  private take(member: Member, credit: number): readonly Entry[] {
    const entries = now(this.stream.take(member, { credit: { critical: 0, high: 0, normal: credit, low: 0 } }));
    expect(entries.length).to.be.at.most(credit);
    for (const entry of entries) {
      const payload = String(entry.payload);
      expect(this.ended.has(payload), `${payload} had ended`).to.equal(false);
      expect(entry.attempt, payload).to.equal((this.attempts.get(payload) ?? 0) + 1);
      this.attempts.set(payload, entry.attempt);
      for (const hand of this.hands.values()) remove(hand, payload);
      this.hands.get(member)?.push(entry);
    }
    return entries;
  }

  private settle(member: Member, n: number): void {
    const hand = this.hands.get(member) ?? [];
    this.settleAll(member, hand.slice(0, 1 + (n % 4)), OUTCOMES[n % OUTCOMES.length] ?? ACK);
  }

  private settleAll(member: Member, entries: readonly Entry[], outcome: Outcome): void {
    this.stream.settle(member, entries, outcome);
    for (const { payload, attempt } of entries) {
      remove(this.hands.get(member) ?? [], String(payload));
      if (outcome.kind === 'release') this.attempts.set(String(payload), attempt - 1);
      if (outcome.kind === 'ack' || outcome.kind === 'reject') this.ended.add(String(payload));
    }
  }

  private leave(member: Member): void {
    const hand = this.hands.get(member) ?? [];
    // Fenced already, it has nothing to give back.
    now(this.stream.store.renew(member, LEASE_MS));
    now(this.stream.store.leave(member));
    for (const { payload, attempt } of hand) this.attempts.set(String(payload), attempt - 1);
    this.hands.delete(member);
  }
}

function remove(hand: Entry[], payload: string): void {
  const at = hand.findIndex((entry) => entry.payload === payload);
  if (at >= 0) hand.splice(at, 1);
}

describe('memoryStore against a naive account', () => {
  it('hands out every message until it is settled for good, with exact attempts, in any order of calls', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const model = new Model();
        for (const one of steps) model.run(one);
        model.finish();
        expect([...model.attempts.keys()].filter((payload) => !model.ended.has(payload))).to.deep.equal([]);
        const { groups, lanes } = now(model.stream.store.stats('s'));
        expect(groups[0]).to.include({ pending: 0, retrying: 0, lag: 0 });
        now(model.stream.store.trim('s', { maxEntries: 0 }));
        expect(lanes.normal.length).to.be.at.most(model.attempts.size);
        expect(now(model.stream.store.stats('s')).lanes.normal.length).to.equal(0);
        now(model.stream.store.close());
      }),
      { numRuns: 300 },
    );
  });
});
