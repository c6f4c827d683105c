import { expect } from 'chai';
import fc from 'fast-check';
import { Observable } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { Lane } from '../../../src/bus/publishing/lane.ts';
import type { Parcel } from '../../../src/bus/publishing/parcel.ts';
import type { EntryRef, Turn } from '../../../src/core/store.ts';
import { StoreAuthError, StoreUnavailableError } from '../../../src/core/storeErrors.ts';
import { VirtualTime } from '../../support/virtualTime.ts';

type Fate = 'kept' | 'refused' | 'lost' | 'kept and lost';

/** A store behind a wire: takes 10 ms, answers in order, and minds turns. What is lost takes all that is behind it along. */
class WiredStore {
  readonly kept: string[] = [];
  readonly appends: { at: number; topics: string[]; turn: Turn }[] = [];
  /** The numbers that were kept, and what of each. */
  private readonly turns = new Map<number, string>();
  private last = 0;
  private broken = 0;

  constructor(
    private readonly scheduler: TestScheduler,
    private readonly fates: Fate[] = [],
  ) {}

  readonly append = (parcels: readonly Parcel[], turn: Turn): Observable<readonly EntryRef[]> =>
    new Observable((subscriber) => {
      const topics = parcels.map(({ topic }) => topic);
      this.appends.push({ at: this.scheduler.now(), topics, turn });
      const fate = this.fates.shift() ?? 'kept';
      const wire = this.broken;
      this.scheduler.schedule(() => {
        if (wire !== this.broken) return subscriber.error(new StoreUnavailableError('the connection is gone'));
        if (fate === 'refused') return subscriber.error(new StoreUnavailableError('full', { answered: true }));
        const before = this.turns.get(turn.number);
        if (before !== undefined) expect(topics.join(), 'what is repeated').to.equal(before);
        else expect(turn.number).to.be.above(this.last);
        const inTurn = before !== undefined || turn.after === undefined || this.last === turn.after;
        if (inTurn && fate !== 'lost' && before === undefined) {
          this.kept.push(...topics);
          this.turns.set(turn.number, topics.join());
          this.last = turn.number;
        }
        if (fate === 'lost' || fate === 'kept and lost') {
          this.broken += 1;
          return subscriber.error(new StoreUnavailableError('the answer is lost'));
        }
        if (!inTurn) return subscriber.error(new StoreUnavailableError('out of turn', { answered: true }));
        subscriber.next(topics.map((topic) => ({ priority: 'normal', id: topic })));
        subscriber.complete();
      }, 10);
    });
}

describe('Lane', () => {
  let scheduler: TestScheduler;
  let told: string[];

  beforeEach(() => {
    scheduler = new VirtualTime();
    scheduler.maxFrames = Infinity;
    told = [];
  });

  function lane(store: WiredStore, depth = 2, timeoutMs = 60_000): Lane {
    return new Lane({
      append: store.append,
      depth,
      lingerMs: 0,
      maxBatch: 2,
      maxBatchBytes: 1_000,
      timeoutMs,
      scheduler,
      gone: ({ topic }, error, ref) => told.push(error ? `${topic} ${error.constructor.name}` : `${ref?.id}`),
    });
  }

  function parcel(topic: string): Parcel {
    const record = { priority: 'normal', topic, payload: '1', type: '', encoding: 'json', meta: '' } as const;
    return {
      ...record,
      bytes: 1,
      at: scheduler.now(),
      id: undefined,
      due: undefined,
      span: undefined,
      confirm: () => undefined,
    };
  }

  /** Pushes so many, and lets all happen. */
  function push(to: Lane, ...topics: string[]): void {
    for (const topic of topics) to.push(parcel(topic));
    to.flush();
  }

  it('sends a whole batch behind the one under way, and no less', () => {
    const store = new WiredStore(scheduler);
    push(lane(store), 'a', 'b', 'c', 'd', 'e', 'f', 'g');
    scheduler.flush();
    expect(store.appends.map(({ at, topics, turn: { after } }) => [at, topics.join(''), after])).to.deep.equal([
      [0, 'ab', undefined],
      [0, 'cd', 1],
      [10, 'ef', 2],
      [20, 'g', undefined],
    ]);
    expect(told.join('')).to.equal('abcdefg');
  });

  it('has one under way in a store that does not mind turns', () => {
    const store = new WiredStore(scheduler);
    push(lane(store, 1), 'a', 'b', 'c', 'd');
    scheduler.flush();
    expect(store.appends.map(({ at, turn }) => [at, turn.after])).to.deep.equal([
      [0, undefined],
      [10, undefined],
    ]);
  });

  it('keeps the order when the first of two is refused: the second is refused too, and goes after it', () => {
    const store = new WiredStore(scheduler, ['refused']);
    push(lane(store), 'a', 'b', 'c', 'd', 'e');
    scheduler.flush();
    expect(store.kept.join('')).to.equal('abcde');
    expect(told.join('')).to.equal('abcde');
    expect(store.appends.map(({ topics, turn: { after } }) => [topics.join(''), after])).to.deep.equal([
      ['ab', undefined],
      ['cd', 1],
      ['ab', undefined],
      ['cd', undefined],
      ['e', undefined],
    ]);
  });

  it('tells those of a batch that is refused for good, and sends what was behind it again', () => {
    const store = new WiredStore(scheduler);
    const { append } = store;
    let first = true;
    const once: WiredStore['append'] = (parcels, turn) => {
      if (!first) return append(parcels, turn);
      first = false;
      return new Observable((subscriber) => {
        scheduler.schedule(() => subscriber.error(new StoreAuthError('no')), 10);
      });
    };
    push(lane(Object.assign(store, { append: once })), 'a', 'b', 'c', 'd');
    scheduler.flush();
    expect(told).to.deep.equal(['a StoreAuthError', 'b StoreAuthError', 'c', 'd']);
    expect(store.kept.join('')).to.equal('cd');
  });

  it('loses nothing, doubles nothing and keeps the order, whatever becomes of each append', () => {
    const fate = fc.constantFrom<Fate>('kept', 'kept', 'refused', 'lost', 'kept and lost');
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 12 }), fc.integer({ min: 1, max: 30 }), (fates, count) => {
        scheduler = new VirtualTime();
        scheduler.maxFrames = Infinity;
        told = [];
        const store = new WiredStore(scheduler, [...fates]);
        const topics = Array.from({ length: count }, (_, i) => `${i}`);
        push(lane(store), ...topics);
        scheduler.flush();
        expect(told).to.deep.equal(topics);
        expect(store.kept).to.deep.equal(topics);
      }),
    );
  });

  it('sends a batch whose answer was lost again as it was, under its number', () => {
    const store = new WiredStore(scheduler, ['kept and lost', 'kept', 'lost', 'kept and lost']);
    push(lane(store), 'a', 'b', 'c', 'd');
    scheduler.flush();
    expect(told.join('')).to.equal('abcd');
    expect(store.kept.join('')).to.equal('abcd');
    expect(store.appends.map(({ topics, turn: { number } }) => `${topics.join('')} ${number}`)).to.deep.equal([
      'ab 1',
      'cd 2',
      'ab 1',
      'ab 1',
      'ab 1',
      'cd 2',
    ]);
  });

  it('gives up what is in doubt as a whole, once the last of it has had its time', () => {
    const store = new WiredStore(
      scheduler,
      Array.from({ length: 100 }, () => 'lost' as const),
    );
    const slow = lane(store, 1, 1_000);
    const early = parcel('a');
    slow.push({ ...early, at: early.at - 900 });
    push(slow, 'b');
    scheduler.flush();
    expect([...new Set(store.appends.map(({ topics }) => topics.join('')))]).to.deep.equal(['ab']);
    expect(store.appends.at(-1)?.at).to.be.above(500);
    expect(told).to.deep.equal(['a StoreUnavailableError', 'b StoreUnavailableError']);
  });

  it('gives up one by one what the store has refused', () => {
    const store = new WiredStore(
      scheduler,
      Array.from({ length: 100 }, () => 'refused' as const),
    );
    const slow = lane(store, 1, 1_000);
    const early = parcel('a');
    slow.push({ ...early, at: early.at - 900 });
    push(slow, 'b');
    scheduler.flush();
    const batches = store.appends.map(({ topics }) => topics.join(''));
    expect([...new Set(batches)]).to.deep.equal(['ab', 'b']);
  });

  it('refuses what is under way, what failed and what waits, once closed', () => {
    const store = new WiredStore(scheduler, ['refused']);
    const closing = lane(store);
    push(closing, 'a', 'b', 'c', 'd', 'e');
    scheduler.schedule(() => closing.refuse(new StoreUnavailableError('closed')), 15);
    scheduler.flush();
    expect(told.map((text) => text.slice(0, 1)).join('')).to.equal('abcde');
    expect(closing.size).to.equal(0);
    expect(store.kept).to.deep.equal([]);
  });
});
