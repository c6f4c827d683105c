import { expect } from 'chai';
import { asyncScheduler, map, NEVER, Observable, of, type SchedulerLike, Subscription, throwError, timer } from 'rxjs';
import { memoryStore } from '../../src/adapters/memory/index.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { Notice } from '../../src/core/notice.ts';
import type { RateLimits, StreamStore, TokenGrant, TokenRequest } from '../../src/core/store.ts';
import { StoreAuthError, StoreUnavailableError } from '../../src/core/storeErrors.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { limitRate } from '../../src/operators/limitRate.ts';
import { SharedLimit } from '../../src/operators/sharedLimit.ts';
import { settledAt, type Virtual, virtualRun } from '../support/virtualRun.ts';

type Tokens = Pick<StreamStore, 'takeTokens' | 'setLimits'>;

/** A store whose calls are counted, take a time, and may fail. */
class Desk implements Tokens {
  readonly asked: number[] = [];
  failure: Error | undefined;

  constructor(
    private readonly store: Tokens,
    private readonly tripMs: number,
  ) {}

  takeTokens(limit: string, request: TokenRequest): Observable<TokenGrant> {
    this.asked.push(request.want);
    return this.trip(this.store.takeTokens(limit, request));
  }

  setLimits(limit: string, limits: RateLimits): Observable<void> {
    return this.trip(this.store.setLimits(limit, limits));
  }

  private trip<T>(answer: Observable<T>): Observable<T> {
    const { failure } = this;
    const answered = failure ? throwError(() => failure) : answer;
    return this.tripMs === 0
      ? answered
      : new Observable((subscriber) => timer(this.tripMs).subscribe(() => answered.subscribe(subscriber)));
  }
}

const notices: Notice[] = [];

function limitOn(store: Tokens, limits: RateLimits): SharedLimit {
  const notify = (notice: Notice) => void notices.push(notice);
  return new SharedLimit({ store, name: 'orders', limits, notify, scheduler: asyncScheduler });
}

/** Lets so many through from the first frame on; in a pipeline of its own. */
function flow({ source, hot }: Pick<Virtual, 'source' | 'hot'>, letters: string, limit: SharedLimit): void {
  hot(`(${letters})`)
    .pipe(
      map((letter) => source.deliver(letter)),
      limitRate(limit),
      acknowledge(),
    )
    .subscribe();
}

describe('SharedLimit', () => {
  beforeEach(() => void notices.splice(0));

  it('lets everyone together through as fast as one', () =>
    virtualRun((virtual) => {
      const store = memoryStore();
      const limits = { rate: 100, burst: 2 };
      flow(virtual, 'abc', limitOn(store, limits));
      flow(virtual, 'xyz', limitOn(store, limits));
      virtual.flush();
      const times = virtual.source.settlements.map(({ at }) => at);
      expect(times).length(6);
      // n of them take (n - burst) / rate at the least, and little more.
      expect(times.at(-1)).within(40, 70);
      for (const [i, at] of times.entries()) expect(at).at.least((i + 1 - limits.burst) * 10);
    }));

  it('asks for what waits in one call', () =>
    virtualRun((virtual) => {
      const desk = new Desk(memoryStore(), 3);
      flow(virtual, 'abcdefgh', limitOn(desk, { rate: 1, burst: 50 }));
      virtual.flush();
      // The first had to be asked for before the others came.
      expect(desk.asked).deep.equal([1, 7]);
      expect(virtual.source.settlements.map(({ at }) => at)).deep.equal([3, 6, 6, 6, 6, 6, 6, 6]);
    }));

  it('does not ask for each when they come fast, one after the other', () =>
    virtualRun((virtual) => {
      const desk = new Desk(memoryStore(), 1);
      const limit = limitOn(desk, { rate: 10_000, burst: 1_000 });
      const { source, cold } = virtual;
      cold('a'.repeat(500))
        .pipe(
          map((letter) => source.deliver(letter)),
          limitRate(limit),
          acknowledge(),
        )
        .subscribe();
      virtual.flush();
      expect(source.settlements).length(500);
      expect(desk.asked.length).lessThan(40);
      // What it holds is bounded: what it used up in 50 ms, twice.
      expect(Math.max(...desk.asked)).within(50, 200);
    }));

  it('asks for one at a time, and keeps none, when they come slowly', () =>
    virtualRun((virtual) => {
      const desk = new Desk(memoryStore(), 1);
      const { source, cold } = virtual;
      cold('a 99ms b 99ms c')
        .pipe(
          map((letter) => source.deliver(letter)),
          limitRate(limitOn(desk, { rate: 10_000, burst: 1_000 })),
          acknowledge(),
        )
        .subscribe();
      virtual.flush();
      expect(desk.asked).deep.equal([1, 1, 1]);
    }));

  it('lets tokens gather at the store rather than ask for each, and loses none by it', () =>
    virtualRun((virtual) => {
      const desk = new Desk(memoryStore(), 0);
      flow(virtual, 'a'.repeat(400), limitOn(desk, { rate: 1_000, burst: 100 }));
      virtual.flush();
      const last = virtual.source.settlements.at(-1)?.at;
      expect(last).within(300, 325);
      expect(desk.asked.length).lessThan(30);
    }));

  it('takes over what others have set, within a second, also while it waits', () =>
    virtualRun((virtual) => {
      const store = memoryStore();
      const limits = { rate: 0.001, burst: 1 };
      const limit = limitOn(store, limits);
      flow(virtual, 'abc', limit);
      virtual.at(1_500, () => void limitOn(store, limits).set({ rate: 100, burst: 1 }));
      virtual.flush();
      const times = virtual.source.settlements.map(({ at }) => at);
      expect(times[0]).equal(0);
      expect(times[1]).within(1_500, 2_510);
      expect(limit.limits).deep.equal({ rate: 100, burst: 1 });
    }));

  it('goes by what it sets itself at once', () =>
    virtualRun((virtual) => {
      const limit = limitOn(memoryStore(), { rate: 0.001, burst: 1 });
      flow(virtual, 'ab', limit);
      virtual.at(300, () => void limit.set({ rate: 100, burst: 1 }));
      virtual.flush();
      expect(virtual.source.settlements[1]?.at).within(300, 315);
    }));

  it("waits while the store can't be reached, says so once, and goes on when it can", () =>
    virtualRun((virtual) => {
      const desk = new Desk(memoryStore(), 0);
      const limit = limitOn(desk, { rate: 1_000, burst: 10 });
      desk.failure = new StoreUnavailableError('nobody there');
      flow(virtual, 'abc', limit);
      virtual.at(5_000, () => {
        expect(virtual.source.settlements).length(0);
        desk.failure = undefined;
      });
      virtual.flush();
      expect(virtual.source.settlements).length(3);
      expect(virtual.source.settlements[0]?.at).within(5_000, 7_000);
      expect(notices.map(({ level, code, message }) => `${level} ${code} ${message}`)).deep.equal([
        "warn STORE_RETRY limit 'orders' can't be asked for tokens, what it holds up waits: nobody there",
      ]);
      expect(desk.asked.length).lessThan(20);
    }));

  it('uses what it has while the store can not be reached', () =>
    virtualRun((virtual) => {
      const desk = new Desk(memoryStore(), 1);
      const limit = limitOn(desk, { rate: 10_000, burst: 1_000 });
      let got = 0;
      virtual
        .cold('a'.repeat(200))
        .pipe(
          map((letter) => virtual.source.deliver(letter)),
          limitRate(limit),
        )
        .subscribe(() => {
          got += 1;
          if (got === 100) desk.failure = new StoreUnavailableError('nobody there');
        });
      virtual.at(1_000, () => {
        expect(got).within(101, 199);
        desk.failure = undefined;
      });
      virtual.flush();
      expect(got).equal(200);
    }));

  it('errors with what the store refuses for good, and what waits is released', () =>
    virtualRun(({ source, flush }) => {
      const desk = new Desk(memoryStore(), 1);
      desk.failure = new StoreAuthError('no');
      const errors: unknown[] = [];
      of(source.deliver('a'))
        .pipe(limitRate(limitOn(desk, { rate: 1, burst: 1 })))
        .subscribe({ error: (error) => errors.push(error) });
      flush();
      expect(errors).deep.equal([desk.failure]);
      expect(settledAt(source)).deep.equal(['1 release a']);
      expect(notices).deep.equal([]);
    }));

  for (const backMs of [10, 3_600_000]) {
    it(`goes on when the clock is put back by ${backMs} ms`, () =>
      virtualRun((virtual) => {
        let back = 0;
        const scheduler: SchedulerLike = {
          now: () => asyncScheduler.now() - back,
          schedule: asyncScheduler.schedule.bind(asyncScheduler),
        };
        const store = memoryStore();
        const limits = { rate: 10, burst: 1 };
        const limit = new SharedLimit({ store, name: 'orders', limits, notify: () => undefined, scheduler });
        flow(virtual, 'abc', limit);
        virtual.at(50, () => {
          back = backMs;
        });
        virtual.flush();
        expect(virtual.source.settlements).length(3);
        expect(virtual.source.settlements.at(-1)?.at).most(250);
      }));
  }

  it('asks for nothing more when nobody waits any longer', () =>
    virtualRun(({ source, flush, at }) => {
      const desk = new Desk(memoryStore(), 0);
      const limit = limitOn(desk, { rate: 0.001, burst: 1 });
      const input = of(source.deliver('a'), source.deliver('b'));
      const subscription = input.pipe(limitRate(limit)).subscribe();
      at(2_500, () => subscription.unsubscribe());
      at(2_600, () => desk.asked.splice(0));
      flush();
      expect(desk.asked).deep.equal([]);
      expect(source.log).deep.equal(['release b']);
    }));

  it('leaves no timer when nobody waits any longer', () => {
    const actions: Subscription[] = [];
    const scheduler: SchedulerLike = {
      now: () => 0,
      schedule: () => {
        const action = new Subscription();
        actions.push(action);
        return action;
      },
    };
    const limits = { rate: 0.001, burst: 1 };
    const limit = new SharedLimit({ store: memoryStore(), name: 'orders', limits, notify: () => undefined, scheduler });
    limit.ready(1).subscribe();
    expect(limit.take()).equal(true);
    const waiting = limit.ready(1).subscribe();
    expect(actions.map(({ closed }) => closed)).deep.equal([false]);
    waiting.unsubscribe();
    expect(actions.map(({ closed }) => closed)).deep.equal([true]);
  });

  it('keeps no more than a block of what comes for those who have gone', () =>
    virtualRun(({ source, flush, at }) => {
      const desk = new Desk(memoryStore(), 5);
      const limit = limitOn(desk, { rate: 1_000, burst: 100 });
      const input = new Observable<ReturnType<typeof source.deliver<string>>>((subscriber) => {
        for (let i = 0; i < 50; i += 1) subscriber.next(source.deliver(`${i}`));
      });
      const subscription = input.pipe(limitRate(limit)).subscribe();
      at(7, () => subscription.unsubscribe());
      at(20, () => {
        let held = 0;
        while (limit.take()) held += 1;
        expect(held).lessThan(3);
      });
      flush();
    }));

  it('rejects what can not be set, and what the store refuses', async () => {
    const desk = new Desk({ takeTokens: () => NEVER, setLimits: () => NEVER }, 0);
    const limit = limitOn(desk, { rate: 1, burst: 1 });
    expect(await limit.set({ rate: 0 }).catch((cause: unknown) => cause)).instanceOf(InvalidOptionError);
    desk.failure = new StoreAuthError('no');
    expect(await limit.set({ rate: 5 }).catch((cause: unknown) => cause)).equal(desk.failure);
    expect(limit.limits).deep.equal({ rate: 1, burst: 1 });
  });
});
