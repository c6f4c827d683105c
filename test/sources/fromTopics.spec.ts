import { expect } from 'chai';
import {
  defer,
  filter,
  mergeMap,
  type Observable,
  of,
  Subject,
  type Subscription,
  share,
  take,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { memoryStore } from '../../src/adapters/memory/index.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError, InvalidPatternError, PermanentError } from '../../src/core/errors.ts';
import { perPriority } from '../../src/core/priority.ts';
import type { StreamStore, Taken } from '../../src/core/store.ts';
import { GroupPatternError, NoGroupError, StoreAuthError, StoreUnavailableError } from '../../src/core/storeErrors.ts';
import { batch } from '../../src/operators/batch.ts';
import { fromTopics } from '../../src/sources/fromTopics.ts';
import { record, STREAM, TestTopics } from '../support/topicsPort.ts';
import { VirtualTime } from '../support/virtualTime.ts';

const steady = { backoff: { initialMs: 100, factor: 2, jitter: 0 } };

/** A store with some of its calls replaced. */
function altered(store: StreamStore, calls: Partial<StreamStore>): StreamStore {
  return Object.assign(Object.create(store) as StreamStore, calls);
}

describe('fromTopics', () => {
  let scheduler: TestScheduler;
  let topics: TestTopics;
  let got: Delivery[];
  let running: Subscription;

  beforeEach(() => {
    scheduler = new VirtualTime();
    topics = new TestTopics();
    got = [];
  });

  /** Runs in virtual time until `forMs`, then unsubscribes. */
  function play(source: () => Observable<Delivery>, each: (delivery: Delivery) => void, forMs: number): void {
    scheduler.run(({ flush }) => {
      running = source().subscribe((delivery) => {
        got.push(delivery);
        each(delivery);
      });
      timer(forMs).subscribe(() => running.unsubscribe());
      flush();
    });
  }

  const data = () => got.map((delivery) => delivery.data);
  const ack = (delivery: Delivery) => void delivery.ack();

  it('gives back at once what nobody takes any more, though the subscriber went while it was subscribing', () => {
    topics.append(['1', '2', '3']);
    const source = () => fromTopics(topics.port(), 'a.*', { group: 'g' });
    scheduler.run(({ flush }) => {
      source()
        .pipe(take(1))
        .subscribe((delivery) => delivery.release());
      timer(10).subscribe(() => {
        running = source().subscribe((delivery) => {
          got.push(delivery);
          delivery.ack();
        });
      });
      timer(20).subscribe(() => running.unsubscribe());
      flush();
    });
    expect(data().toSorted()).to.deep.equal(['1', '2', '3']);
  });

  it('delivers what is there and what comes, in order, with its envelope', () => {
    topics.append([1, 2]);
    play(
      () => {
        timer(50).subscribe(() =>
          topics.append([3], { meta: JSON.stringify({ id: 'mine', key: 'k', headers: { h: 'v' } }) }),
        );
        return fromTopics(topics.port(), 'a.*', { group: 'g' });
      },
      ack,
      100,
    );
    expect(data()).to.deep.equal([1, 2, 3]);
    expect(got[0]?.message.id).to.match(/^main\.0:normal:\d+-\d+$/);
    expect(got[2]?.message).to.include({ id: 'mine', key: 'k', topic: 'a.b', priority: 'normal' });
    expect(got[2]?.message.headers).to.deep.equal({ h: 'v' });
    expect(topics.pending('g')).to.equal(0);
  });

  it('hands on more urgent tiers first', () => {
    topics.append(['low'], { priority: 'low' });
    topics.append(['normal']);
    topics.append(['critical'], { priority: 'critical' });
    play(() => fromTopics(topics.port(), 'a.*', { group: 'g' }), ack, 10);
    expect(data()).to.deep.equal(['critical', 'normal', 'low']);
  });

  it('has no more out than its credit, whatever waits, and goes on as they settle', () => {
    topics.append(Array.from({ length: 100 }, (_, i) => i));
    const counts: number[] = [];
    play(
      () => {
        timer(10).subscribe(() => counts.push(got.length));
        timer(20).subscribe(() => got.slice(0, 4).forEach(ack));
        timer(30).subscribe(() => counts.push(got.length));
        return fromTopics(topics.port(), 'a.*', { group: 'g', credit: 7 });
      },
      () => undefined,
      40,
    );
    expect(counts).to.deep.equal([7, 11]);
  });

  it('reads a critical message at once while low ones use up all their credit', () => {
    topics.append([1, 2, 3], { priority: 'low' });
    const at: number[] = [];
    play(
      () => {
        timer(50).subscribe(() => topics.append(['now'], { priority: 'critical' }));
        return fromTopics(topics.port({ waitMs: 10_000 }), 'a.*', { group: 'g', credit: 2 });
      },
      ({ message }) => message.priority === 'critical' && at.push(scheduler.now()),
      100,
    );
    expect(at).to.deep.equal([50]);
    expect(got.filter(({ message }) => message.priority === 'low')).to.have.length(2);
  });

  it('takes anew when a tier that had run out has credit again, while it waits for the others', () => {
    topics.append([1, 2, 3, 4]);
    play(
      () => {
        timer(50).subscribe(() => got.slice(0, 2).forEach(ack));
        return fromTopics(topics.port({ waitMs: 10_000 }), 'a.*', { group: 'g', credit: 2 });
      },
      () => undefined,
      60,
    );
    expect(data()).to.deep.equal([1, 2, 3, 4]);
  });

  it('closes a batch that holds all the credit of a tier, whatever the other tiers do', () => {
    topics.append([1, 2, 3, 4]);
    topics.append(['busy'], { priority: 'high' });
    const batches: unknown[] = [];
    play(
      () => {
        const source = fromTopics(topics.port(), 'a.*', { group: 'g', credit: 3 }).pipe(share());
        const normal = source.pipe(
          filter(({ message }) => message.priority === 'normal'),
          batch({ maxSize: 100 }),
          takeUntil(timer(100)),
        );
        normal.subscribe((joined) => {
          batches.push(joined.data);
          joined.ack();
        });
        return source;
      },
      () => undefined,
      100,
    );
    expect(batches).to.deep.equal([[1, 2, 3]]);
  });

  it('tries a failed delivery again after its backoff, with exact attempts, then gives it up', () => {
    topics.append(['x']);
    const at: number[] = [];
    play(
      () => fromTopics(topics.port(), 'a.*', { group: 'g', attempts: 3, ...steady }),
      (delivery) => {
        at.push(scheduler.now());
        delivery.fail(new RangeError('no'));
      },
      1_000,
    );
    expect(got.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3]);
    expect(at).to.deep.equal([0, 100, 300]);
    expect(topics.deadLetters()).to.deep.equal(['RangeError']);
    expect(topics.pending('g')).to.equal(0);
  });

  it('gives up at once on what is permanent', () => {
    topics.append(['x']);
    const source = () => fromTopics(topics.port(), 'a.*', { group: 'g', ...steady });
    play(source, (delivery) => delivery.fail(new PermanentError('never')), 1_000);
    expect(got).to.have.length(1);
    expect(topics.deadLetters()).to.deep.equal(['PermanentError']);
  });

  it('hands what is released out again without counting the attempt', () => {
    topics.append(['x']);
    play(
      () => fromTopics(topics.port(), 'a.*', { group: 'g' }),
      (delivery) => (got.length < 3 ? delivery.release() : delivery.ack()),
      100,
    );
    expect(got.map(({ attempt }) => attempt)).to.deep.equal([1, 1, 1]);
  });

  it('settles for its group what does not match, and what was replayed for another', () => {
    topics.append(['other'], { topic: 'b.c' });
    topics.append(['theirs'], { meta: JSON.stringify({ group: 'h' }) });
    topics.append(['ours'], { meta: JSON.stringify({ group: 'g' }) });
    play(() => fromTopics(topics.port(), 'a.*', { group: 'g' }), ack, 100);
    expect(data()).to.deep.equal(['ours']);
    expect(topics.pending('g')).to.equal(0);
  });

  it('makes dead letters of what it cannot read, and goes on', () => {
    topics.append([0], { payload: '{' });
    topics.append([0], { encoding: 'morse' });
    topics.append([0], { meta: '[]' });
    topics.append(['fine']);
    play(() => fromTopics(topics.port(), 'a.*', { group: 'g' }), ack, 100);
    expect(data()).to.deep.equal(['fine']);
    expect(topics.deadLetters()).to.deep.equal(['DecodeError', 'UnknownEncodingError', 'CorruptEntryError']);
  });

  it('gives back at once what it took and has not handed on when it is unsubscribed', () => {
    topics.append([1, 2, 3, 4, 5]);
    play(() => fromTopics(topics.port(), 'a.*', { group: 'g' }).pipe(take(2)), ack, 100);
    expect(data()).to.deep.equal([1, 2]);
    const first = [...got];
    got = [];
    play(() => fromTopics(topics.port(), 'a.*', { group: 'g' }), ack, 100);
    expect(data()).to.deep.equal([3, 4, 5]);
    expect(got.map(({ attempt }) => attempt)).to.deep.equal([1, 1, 1]);
    expect(first).to.have.length(2);
  });

  it('lets what is out settle after it was unsubscribed, and leaves its group then', () => {
    topics.append([1]);
    const late: unknown[] = [];
    play(
      () => {
        timer(5_000).subscribe(() => late.push(topics.pending('g'), got[0]?.ack()));
        return fromTopics(topics.port(), 'a.*', { group: 'g' });
      },
      () => undefined,
      10,
    );
    expect(late).to.deep.equal([1, true]);
    expect(topics.pending('g')).to.equal(0);
    expect(topics.notices).to.deep.equal([]);
  });

  it('gives back what is still out after drainMs, and says which stage had it', () => {
    topics.append([1]);
    const stay = (delivery: Delivery) => {
      for (const root of delivery.duty.roots) root.stage = 'slow';
    };
    play(() => fromTopics(topics.port(), 'a.*', { group: 'g', drainMs: 1_000 }), stay, 10);
    expect(got[0]?.settled).to.equal(true);
    expect(topics.notices.map(({ code }) => code)).to.deep.equal(['UNSETTLED']);
    expect(topics.notices[0]?.message).to.include('slow');
  });

  it('says which stage has had deliveries for too long', () => {
    topics.append([1, 2]);
    play(
      () => fromTopics(topics.port({ leaseMs: 300 }), 'a.*', { group: 'g', overdueMs: 200 }),
      (delivery) => {
        for (const root of delivery.duty.roots) root.stage = 'slow';
        timer(250).subscribe(() => delivery.ack());
      },
      555,
    );
    expect(topics.notices.map(({ code }) => code)).to.deep.equal(['OVERDUE']);
    expect(topics.notices[0]?.message).to.include('2 in slow').and.include('200 ms');
  });

  it('joins again under a new name when its lease was lost, and drops what it held', () => {
    topics.append([1]);
    play(
      () => {
        timer(90).subscribe(() =>
          topics.store.leave({ stream: STREAM, group: 'g', consumer: 'consumer-1' }).subscribe(),
        );
        return fromTopics(topics.port({ leaseMs: 310, waitMs: 47 }), 'a.*', { group: 'g' });
      },
      (delivery) => got.length > 1 && delivery.ack(),
      1_000,
    );
    expect(topics.notices.map(({ code }) => code)).to.deep.equal(['FENCED']);
    expect(data()).to.deep.equal([1, 1]);
    expect(got[0]?.ack()).to.equal(false);
    expect(topics.pending('g')).to.equal(0);
  });

  it('makes its group again when it is gone, and says so', () => {
    const inner = memoryStore();
    let gone = true;
    const store = altered(inner, {
      take: (request) =>
        defer((): Observable<Taken> => {
          if (!gone) return inner.take(request);
          gone = false;
          return throwError(() => new NoGroupError(request.member));
        }),
    });
    topics = new TestTopics(store);
    topics.append([1]);
    play(() => fromTopics(topics.port(), 'a.*', { group: 'g' }), ack, 100);
    expect(data()).to.deep.equal([1]);
    expect(topics.notices.map(({ code }) => code)).to.deep.equal(['NO_GROUP']);
  });

  it('waits while the store cannot be reached, with growing pauses, and goes on', () => {
    const inner = memoryStore();
    let failures = 0;
    const store = altered(inner, {
      take: (request) =>
        defer(() => (++failures <= 3 ? throwError(() => new StoreUnavailableError('away')) : inner.take(request))),
    });
    topics = new TestTopics(store);
    topics.append([1]);
    play(() => fromTopics(topics.port(), 'a.*', { group: 'g' }), ack, 2_000);
    expect(data()).to.deep.equal([1]);
    expect(topics.notices.map(({ code }) => code)).to.deep.equal(['STORE_RETRY']);
  });

  it('settles again what the store could not take, and no delivery twice', () => {
    const inner = memoryStore();
    let failures = 0;
    const store = altered(inner, {
      settle: (member, settlements) =>
        defer(() =>
          ++failures <= 2 ? throwError(() => new StoreUnavailableError('away')) : inner.settle(member, settlements),
        ),
    });
    topics = new TestTopics(store);
    topics.append([1, 2, 3]);
    play(() => fromTopics(topics.port(), 'a.*', { group: 'g' }), ack, 2_000);
    expect(data()).to.deep.equal([1, 2, 3]);
    expect(topics.pending('g')).to.equal(0);
  });

  it('errors when the store refuses for good, or the group is bound to another pattern', () => {
    const errors: unknown[] = [];
    const failing = altered(topics.store, { take: () => throwError(() => new StoreAuthError('no')) });
    scheduler.run(() => {
      fromTopics(new TestTopics(failing).port(), 'a.*', { group: 'g' }).subscribe({
        error: (cause) => errors.push(cause),
      });
    });
    scheduler.run(() => {
      fromTopics(topics.port(), 'b.*', { group: 'g' }).subscribe({ error: (cause) => errors.push(cause) });
    });
    expect(errors[0]).to.be.instanceOf(StoreAuthError);
    expect(errors[1]).to.be.instanceOf(GroupPatternError);
    expect((errors[1] as Error).message)
      .to.include("'a.*'")
      .and.include("'b.*'");
  });

  it('shares its credit out over several streams', () => {
    for (const stream of ['one.0', 'two.0'])
      topics.store
        .append(
          stream,
          [1, 2, 3, 4].map((n) => record(n)),
        )
        .subscribe();
    const port = topics.port({ streamsOf: () => ['one.0', 'two.0'] });
    play(
      () => fromTopics(port, 'a.*', { group: 'g', credit: 4 }),
      () => undefined,
      20,
    );
    expect(got).to.have.length(4);
  });

  it('tells of the credit of the whole, whichever stream a delivery is of', () => {
    topics.store.append('one.0', [record(1)]).subscribe();
    const port = topics.port({ streamsOf: () => ['one.0', 'two.0'] });
    play(() => fromTopics(port, 'a.*', { group: 'g', credit: 4 }), ack, 20);
    const credits = got.flatMap(({ duty }) => duty.roots.map((root) => root.origin.creditFor?.(root)));
    expect(credits).to.deep.equal([4]);
  });

  it('completes its subscriber when it is closed, and is over once what is out has settled', () => {
    topics.append([1]);
    const events: string[] = [];
    scheduler.run(({ flush }) => {
      fromTopics(topics.port(), 'a.*', { group: 'g' }).subscribe({
        next: (delivery) => got.push(delivery),
        complete: () => events.push('complete'),
      });
      timer(10).subscribe(() => topics.readers[0]?.close(1_000).subscribe({ complete: () => events.push('ended') }));
      timer(20).subscribe(() => events.push(`settled ${got[0]?.ack()}`));
      flush();
    });
    expect(events).to.deep.equal(['complete', 'settled true', 'ended']);
  });

  it('delivers a message that settles at once, again and again, without growing the stack', () => {
    topics = new TestTopics();
    topics.append(Array.from({ length: 100_000 }, (_, i) => i));
    let count = 0;
    const done = new Subject<void>();
    scheduler.run(({ flush }) => {
      fromTopics(topics.port(), 'a.*', { group: 'g', credit: 1 })
        .pipe(
          mergeMap((delivery) => of(delivery)),
          take(100_000),
        )
        .subscribe({ next: (delivery) => delivery.ack() && count++, complete: () => done.complete() });
      flush();
    });
    expect(count).to.equal(100_000);
  });

  it('refuses a bad pattern, group, credit or policy at the call', () => {
    const port = topics.port();
    expect(() => fromTopics(port, 'a.{b', { group: 'g' })).to.throw(InvalidPatternError, "'a.{b'");
    expect(() => fromTopics(port, 'a.*', { group: 'a b' })).to.throw(InvalidOptionError, 'group');
    expect(() => fromTopics(port, 'a.*', { group: 'g', credit: 0 })).to.throw(InvalidOptionError, 'credit.critical');
    expect(() => fromTopics(port, 'a.*', { group: 'g', credit: { low: 1.5 } })).to.throw(
      InvalidOptionError,
      'credit.low',
    );
    expect(() => fromTopics(port, 'a.*', { group: 'g', attempts: 0 })).to.throw(InvalidOptionError, 'attempts');
    expect(perPriority(() => 1).low).to.equal(1);
  });
});
