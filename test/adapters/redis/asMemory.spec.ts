import { expect } from 'chai';
import fc from 'fast-check';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { memoryStore } from '../../../src/adapters/memory/index.ts';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import { openBatch } from '../../../src/core/openedBatch.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import type { Entry, Once, Settlement, StoreRecord, StreamStore } from '../../../src/core/store.ts';
import { batchOf, messagesOfAll } from '../../../src/testing/contract/batchOf.ts';
import { recordOf } from '../../../src/testing/contract/recordOf.ts';
import { textOf } from '../../../src/testing/contract/textOf.ts';
import { redisFixture } from '../../support/redisFixture.ts';

const OUTCOMES: readonly Outcome[] = [
  { kind: 'ack' },
  { kind: 'retry', delayMs: 0 },
  { kind: 'release' },
  { kind: 'reject', error: new Error('no good') },
];

type Step =
  | { readonly do: 'append'; readonly sizes: readonly number[] }
  | { readonly do: 'take'; readonly who: number }
  | { readonly do: 'settle'; readonly who: number; readonly which: readonly number[]; readonly late: boolean }
  | { readonly do: 'die'; readonly who: number }
  | { readonly do: 'trim' }
  | { readonly do: 'replay' }
  | { readonly do: 'once'; readonly ids: readonly number[] }
  | { readonly do: 'replace'; readonly who: number };

const who = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('append'), sizes: fc.array(fc.nat(6), { maxLength: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take'), who }) },
  // A number a message in hand: an outcome, or to leave it.
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle'),
      who,
      which: fc.array(fc.nat(OUTCOMES.length), { minLength: 1, maxLength: 9 }),
      late: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace'), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('die'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trim') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replay') }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('once'), ids: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }) }),
  },
) as fc.Arbitrary<Step>;

let streams = 0;

/** A store with a group of two consumers, and what is in their hands by the texts of the messages. */
class Side {
  readonly told: unknown[] = [];
  private readonly hands = [new Map<string, Settlement>(), new Map<string, Settlement>()];
  private readonly names = ['c0', 'c1'];
  private count = 0;

  constructor(
    private readonly store: StreamStore,
    private readonly stream: string,
  ) {}

  async begin(): Promise<void> {
    const { stream } = this;
    await lastValueFrom(this.store.createGroup({ stream, group: 'g', pattern: '*', start: 'earliest' }));
    for (const name of this.names) await lastValueFrom(this.store.join(this.member(name), 60_000));
  }

  async run(next: Step): Promise<void> {
    if (next.do === 'append') await this.append(next.sizes);
    else if (next.do === 'take') await this.take(next.who);
    else if (next.do === 'settle') await this.settle(next.who, next.which, next.late);
    else if (next.do === 'die') await this.die(next.who);
    else if (next.do === 'trim') await this.trim();
    else if (next.do === 'replay') await this.replay();
    else if (next.do === 'once') await this.appendOnce(next.ids);
    else await this.replace(next.who);
    const [group] = (await firstValueFrom(this.store.stats(this.stream))).groups;
    const { pending, retrying, consumers } = group ?? {};
    this.told.push({ pending, retrying, consumers });
  }

  async deadLetters(): Promise<readonly string[]> {
    const letters = await firstValueFrom(this.store.deadLetters(this.stream, { count: 1_000 }));
    return letters.map((letter) => `${textOf(letter)} after ${letter.attempts}`).sort();
  }

  /** 0 is an entry of one message, more is a record batch. */
  private async append(sizes: readonly number[]): Promise<void> {
    const records = sizes.map((size): StoreRecord => {
      const texts = Array.from({ length: Math.max(1, size) }, () => `m${this.count++}`);
      return size === 0 ? recordOf(texts[0] ?? '') : batchOf(texts);
    });
    await lastValueFrom(this.store.append(this.stream, records));
  }

  private async appendOnce(ids: readonly number[]): Promise<void> {
    const records = ids.map((id) => ({ ...recordOf(`o${this.count++}`), once: onceOf(id) }));
    const refs = await firstValueFrom(this.store.append(this.stream, records));
    this.told.push(refs.map(({ duplicate = false }) => duplicate));
  }

  /** All that there is goes, whoever owes it. */
  private async trim(): Promise<void> {
    const { removed, forced } = await firstValueFrom(this.store.trim(this.stream, { maxBytes: 1 }));
    this.told.push({ removed, forced });
  }

  /** Each twice: what is replayed already is passed over. */
  private async replay(): Promise<void> {
    const letters = await firstValueFrom(this.store.deadLetters(this.stream, { count: 1_000 }));
    const ids = letters.map(({ id }) => id);
    this.told.push(await firstValueFrom(this.store.replay(this.stream, [...ids, ...ids])));
  }

  private async take(consumer: number): Promise<void> {
    const credit = { critical: 100, high: 100, normal: 100, low: 100 };
    const member = this.member(this.names[consumer] ?? '');
    const taken: Entry[] = [];
    for (let more = true; more; ) {
      const { entries } = await firstValueFrom(this.store.take({ member, credit, waitMs: 0, inHand: () => [] }));
      taken.push(...entries);
      more = entries.length > 0;
    }
    for (const entry of taken) for (const [text, held] of heldOf(entry)) this.hands[consumer]?.set(text, held);
    this.told.push(messagesOfAll(taken));
    const single = taken.filter(({ count }) => count === undefined);
    this.told.push(new Map(single.map((entry) => [textOf(entry), entry.deaths?.toSorted()])));
  }

  private async settle(consumer: number, which: readonly number[], late: boolean): Promise<void> {
    const hand = this.hands[consumer] ?? new Map<string, Settlement>();
    const settlements: Settlement[] = [];
    for (const [i, text] of [...hand.keys()].sort().entries()) {
      const held = hand.get(text);
      const outcome = OUTCOMES[which[i % which.length] ?? 0];
      if (!held || !outcome) continue;
      settlements.push({ ...held, outcome, outputs: this.outputsOf(text) });
      hand.delete(text);
    }
    await lastValueFrom(this.store.settle(this.member(this.names[consumer] ?? ''), settlements));
    // Once more: what is settled is passed over.
    if (late) await lastValueFrom(this.store.settle(this.member(this.names[consumer] ?? ''), settlements));
  }

  /** Some bear another message, and some of these an id; what they bear bears nothing. */
  private outputsOf(text: string): readonly StoreRecord[] | undefined {
    const number = Number(text.slice(1));
    if (number % 3 === 0 || text.startsWith('x')) return undefined;
    const once = number % 3 === 1 ? onceOf(2) : undefined;
    return [{ ...recordOf(`x${number}`), once }];
  }

  private async die(consumer: number): Promise<void> {
    const member = this.member(this.names[consumer] ?? '');
    // A lease that has run out already.
    await lastValueFrom(this.store.renew(member, -1), { defaultValue: undefined });
    this.hands[consumer]?.clear();
    this.names[consumer] = `${this.names[consumer]}d`;
    await lastValueFrom(this.store.join(this.member(this.names[consumer] ?? ''), 60_000));
  }

  private async replace(consumer: number): Promise<void> {
    await lastValueFrom(this.store.leave(this.member(this.names[consumer] ?? '')), { defaultValue: undefined });
    this.hands[consumer]?.clear();
    this.names[consumer] = `${this.names[consumer]}x`;
    await lastValueFrom(this.store.join(this.member(this.names[consumer] ?? ''), 60_000));
  }

  private member(consumer: string) {
    return { stream: this.stream, group: 'g', consumer };
  }
}

function onceOf(id: number): Once {
  return { id: `i${id}`, forMs: 60_000, most: 100 };
}

/** What settles each message of an entry, by its text; the outcome is to come. */
function heldOf(entry: Entry): readonly (readonly [string, Settlement])[] {
  const { priority, id, attempt, count, parts } = entry;
  const outcome: Outcome = { kind: 'ack' };
  if (count === undefined) return [[textOf(entry), { priority, id, attempt, outcome }]];
  const batch = openBatch(entry);
  const all = parts ?? Array.from({ length: count }, (_, index) => ({ index, attempt }));
  return all.map(({ index, attempt }) => {
    const record = batch.record(index);
    return [textOf(record), { priority, id, attempt, outcome, parts: { count, indexes: [index], records: [record] } }];
  });
}

describe('redisStore and memoryStore', () => {
  const redis = redisFixture();

  it('agree on single messages and record batches, whatever becomes of them', async () => {
    const stores = [memoryStore(), redisStore({ url: redis.server.url })];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const stream = `law-${streams++}.0`;
        const sides = stores.map((store) => new Side(store, stream));
        for (const side of sides) {
          await side.begin();
          for (const next of [...steps, { do: 'take', who: 0 } as const]) await side.run(next);
        }
        const [memory, other] = sides;
        expect(other?.told).to.deep.equal(memory?.told);
        expect(await other?.deadLetters()).to.deep.equal(await memory?.deadLetters());
      }),
      { numRuns: 100 },
    );
    for (const store of stores) await lastValueFrom(store.close());
  }).timeout(60_000);
});
