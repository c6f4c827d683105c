import { expect } from 'chai';
import { filter, mergeMap, type Observable, share, takeUntil, throwError, timer } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { Member, StreamStore } from '../../src/core/store.ts';
import { FencedError, GroupOrderError } from '../../src/core/storeErrors.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { batch } from '../../src/operators/batch.ts';
import { type FromTopicsOptions, fromTopics } from '../../src/sources/fromTopics.ts';
import { STREAM, TestTopics } from '../support/topicsPort.ts';
import { VirtualTime } from '../support/virtualTime.ts';

type SettleArguments = Parameters<StreamStore['settle']>;
type RenewArguments = Parameters<StreamStore['renew']>;

/** A store with some of its calls replaced. */
function altered(store: StreamStore, calls: Partial<StreamStore>): StreamStore {
  return Object.assign(Object.create(store) as StreamStore, calls);
}

const steady = { attempts: 3, backoff: { initialMs: 100, factor: 2, jitter: 0 } };

describe('fromTopics with orderBy: key', () => {
  let scheduler: TestScheduler;
  let topics: TestTopics;
  let log: string[];

  beforeEach(() => {
    scheduler = new VirtualTime();
    topics = new TestTopics();
    log = [];
  });

  /** Appends messages `key` and number: `a1` is of key a; `-1` has no key. */
  function append(names: string, priority: 'critical' | 'normal' | 'low' = 'normal'): void {
    for (const name of names.split(' ')) {
      topics.append([name], { priority, meta: name[0] === '-' ? '' : JSON.stringify({ key: name[0] }) });
    }
  }

  const source = (options: Partial<FromTopicsOptions> = {}): Observable<Delivery> =>
    fromTopics(topics.port(), 'a.*', { group: 'g', orderBy: 'key', ...steady, ...options });

  function logged(each: (delivery: Delivery) => void): (delivery: Delivery) => void {
    return (delivery) => {
      log.push(`${scheduler.now()} ${delivery.data}${delivery.attempt > 1 ? `#${delivery.attempt}` : ''}`);
      each(delivery);
    };
  }

  /** Runs in virtual time until `forMs`, then unsubscribes. */
  function play(run: () => Observable<Delivery>, each: (delivery: Delivery) => void, forMs: number): void {
    scheduler.run(({ flush }) => {
      const running = run().subscribe(logged(each));
      timer(forMs).subscribe(() => running.unsubscribe());
      flush();
    });
  }

  const after = (ms: number, run: () => void) => void timer(ms).subscribe(run);
  const ackAfter = (ms: number) => (delivery: Delivery) => after(ms, () => delivery.ack());
  const none = () => undefined;

  it('hands on one of a key at a time, in order, and those of other keys and of none meanwhile', () => {
    append('a1 a2 b1 -1 a3 -2 b2');
    play(() => source(), ackAfter(10), 100);
    expect(log).to.deep.equal(['0 a1', '0 b1', '0 -1', '0 -2', '10 a2', '10 b2', '20 a3']);
    expect(topics.pending('g')).to.equal(0);
  });

  it('goes on with a key once its message was rejected', () => {
    append('a1 a2');
    const reject = (delivery: Delivery) =>
      after(10, () => (delivery.data === 'a1' ? delivery.reject(new Error('no')) : delivery.ack()));
    play(() => source(), reject, 100);
    expect(log).to.deep.equal(['0 a1', '10 a2']);
    expect(topics.deadLetters()).to.deep.equal(['Error']);
  });

  it('hands on the next of a key once the store knows the former to be settled, not before', () => {
    const slow = { settle: (...args: SettleArguments) => timer(30).pipe(mergeMap(() => inner.settle(...args))) };
    const inner = topics.store;
    topics = new TestTopics(altered(inner, slow));
    append('a1 a2 b1');
    play(
      () => source(),
      (delivery) => delivery.ack(),
      100,
    );
    expect(log).to.deep.equal(['0 a1', '0 b1', '30 a2']);
  });

  it('hands on nothing more of what it held once it is fenced', () => {
    const inner = topics.store;
    let settled = 0;
    const fenced = (member: Member) => throwError(() => new FencedError(member));
    const once = {
      settle: (...args: SettleArguments) => (++settled === 1 ? fenced(args[0]) : inner.settle(...args)),
    };
    topics = new TestTopics(altered(inner, once));
    append('a1 a2');
    play(
      () => source({ leaseMs: 310 }),
      (delivery) => delivery.ack(),
      2_000,
    );
    // Once the lease of its old name is over. What had waited for its turn was in its hands too.
    expect(log.map((line) => line.split(' ')[1])).to.deep.equal(['a1', 'a1#2', 'a2#2']);
    expect(topics.notices.map(({ code }) => code)).to.deep.equal(['FENCED']);
  });

  it('hands on nothing while its lease may have run out', () => {
    const inner = topics.store;
    const slow = { renew: (...args: RenewArguments) => timer(250).pipe(mergeMap(() => inner.renew(...args))) };
    topics = new TestTopics(altered(inner, slow));
    append('a1 a2');
    const ackAt = (delivery: Delivery) => after(delivery.data === 'a1' ? 311 : 0, () => delivery.ack());
    play(() => source({ leaseMs: 300 }), ackAt, 700);
    expect(log).to.deep.equal(['0 a1', '350 a2']);
  });

  it('lets a key wait while its message waits for its retry, with exact attempts', () => {
    append('a1 a2 b1 b2');
    const fail = (delivery: Delivery) => {
      if (delivery.data === 'a1' && delivery.attempt < 3) delivery.fail(new Error('not yet'));
      else delivery.ack();
    };
    play(() => source(), fail, 1_000);
    expect(log).to.deep.equal(['0 a1', '0 b1', '0 b2', '100 a1#2', '300 a1#3', '300 a2']);
    expect(topics.pending('g')).to.equal(0);
  });

  it('gives a message up after its last attempt, and goes on with its key', () => {
    append('a1 a2');
    const fail = (delivery: Delivery) => (delivery.data === 'a1' ? delivery.fail(new Error('never')) : delivery.ack());
    play(() => source(), fail, 1_000);
    expect(log).to.deep.equal(['0 a1', '100 a1#2', '300 a1#3', '300 a2']);
    expect(topics.deadLetters()).to.deep.equal(['Error']);
  });

  it('retries with all its credit held by one key, and hands on what it held', () => {
    append('a1 a2 a3 a4 a5 a6 a7 a8 b1');
    const fail = (delivery: Delivery) => (delivery.attempt === 1 ? delivery.fail(new Error('again')) : delivery.ack());
    play(() => source({ credit: 3 }), fail, 2_000);
    const retried = log.map((line) => line.split(' ')[1]).filter((name) => name?.endsWith('#2'));
    expect(retried.filter((name) => name !== 'b1#2')).to.deep.equal(
      [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `a${number}#2`),
    );
    expect(retried).to.include('b1#2');
    expect(topics.pending('g')).to.equal(0);
  });

  it('hands a released message on again before the next of its key, as the same attempt', () => {
    append('a1 a2');
    let released = 0;
    const release = (delivery: Delivery) => (released++ < 2 ? delivery.release() : delivery.ack());
    play(() => source(), release, 100);
    expect(log).to.deep.equal(['0 a1', '0 a1', '0 a1', '0 a2']);
  });

  it('hands a more urgent message of a key on before those that wait, but never beside the one that is out', () => {
    append('a1 a2 a3');
    play(
      () => {
        after(5, () => append('a4', 'critical'));
        after(6, () => append('a5', 'low'));
        return source();
      },
      ackAfter(10),
      100,
    );
    expect(log).to.deep.equal(['0 a1', '10 a4', '20 a2', '30 a3', '40 a5']);
  });

  it('settles for its group what does not match, and goes on with its key', () => {
    for (const [topic, name] of [
      ['a.x', 'a1'],
      ['other', 'a2'],
      ['a.x', 'a3'],
    ] as const) {
      topics.append([name], { topic, meta: JSON.stringify({ key: 'a' }) });
    }
    play(() => source(), ackAfter(10), 100);
    expect(log).to.deep.equal(['0 a1', '10 a3']);
    expect(topics.pending('g')).to.equal(0);
  });

  it('makes dead letters of what it cannot read, and goes on with its key', () => {
    topics.append([0], { payload: '{', meta: JSON.stringify({ key: 'a' }) });
    topics.append([0], { meta: '[]' });
    append('a1');
    play(
      () => source(),
      (delivery) => delivery.ack(),
      100,
    );
    expect(log).to.deep.equal(['0 a1']);
    expect(topics.deadLetters()).to.have.members(['DecodeError', 'CorruptEntryError']);
  });

  it('gives everything back in order when it is unsubscribed, what waits for its retry too', () => {
    append('a1 a2 a3 b1 b2');
    const fail = (delivery: Delivery) => delivery.data === 'a1' && delivery.fail(new Error('later'));
    play(() => source({ drainMs: 50 }), fail, 30);
    log = [];
    play(
      () => source(),
      (delivery) => delivery.ack(),
      100,
    );
    const ofKey = (key: string) => log.map((line) => line.split(' ')[1]).filter((name) => name?.startsWith(key));
    expect([ofKey('a'), ofKey('b')]).to.deep.equal([
      ['a1#2', 'a2', 'a3'],
      ['b1', 'b2'],
    ]);
  });

  it('gives back what fails after it was unsubscribed, before what is behind it', () => {
    append('a1 a2');
    play(
      () => {
        after(40, () => {
          const successor = source().subscribe(logged((delivery) => delivery.ack()));
          after(50, () => successor.unsubscribe());
        });
        return source({ drainMs: 1_000 });
      },
      (delivery) => after(20, () => delivery.fail(new Error('late'))),
      10,
    );
    expect(log).to.deep.equal(['0 a1', '40 a1#2', '40 a2']);
  });

  it('closes a batch once everything else waits behind what it holds', () => {
    append('a1 a2 a3 b1 b2');
    const batches: unknown[] = [];
    const joined = () => source().pipe(batch({ maxSize: 100 }));
    play(joined, (delivery) => batches.push(delivery.data) && delivery.ack(), 100);
    // a3 is in an open batch: nothing waits behind it.
    expect(batches).to.deep.equal([
      ['a1', 'b1'],
      ['a2', 'b2'],
    ]);
  });

  it('closes a batch that holds all its credit together with what waits behind it', () => {
    append('a1 a2 a3 a4 a5 a6');
    const batches: unknown[] = [];
    play(
      () => source({ credit: 3 }).pipe(batch({ maxSize: 100, withinMs: 50 }), acknowledge()),
      ({ data }) => batches.push(data),
      500,
    );
    expect(batches).to.deep.equal([['a1'], ['a2'], ['a3'], ['a4'], ['a5'], ['a6']]);
    expect(log.slice(0, 5).map((line) => line.split(' ')[0])).to.deep.equal(['0', '0', '0', '0', '0']);
  });

  it('closes such a batch whatever a message of another tier does', () => {
    append('c1', 'critical');
    append('a1 a2 a3 a4');
    const batches: unknown[] = [];
    play(
      () => {
        const shared = source({ credit: 3 }).pipe(share());
        const normal = shared.pipe(
          filter(({ message }) => message.priority === 'normal'),
          batch({ maxSize: 100 }),
          takeUntil(timer(100)),
        );
        normal.subscribe((joined) => batches.push(joined.data) && joined.ack());
        return shared;
      },
      none,
      100,
    );
    expect(batches).to.deep.equal([['a1'], ['a2'], ['a3']]);
  });

  it('takes no more than its credit, waiting messages included', () => {
    append('a1 a2 a3 b1 b2 b3');
    play(() => source({ credit: 4 }), none, 10);
    expect(log).to.deep.equal(['0 a1', '0 b1']);
    topics.store.stats(STREAM).subscribe(({ groups }) => expect(groups[0]?.pending).to.be.at.most(4));
  });

  it('refuses to share a group with consumers without an order, and the other way round', () => {
    const errors: unknown[] = [];
    const error = (cause: unknown) => errors.push(cause);
    scheduler.run(({ flush }) => {
      const ordered = source().subscribe();
      fromTopics(topics.port(), 'a.*', { group: 'g' }).subscribe({ error });
      timer(10).subscribe(() => ordered.unsubscribe());
      timer(20).subscribe(() => {
        const shared = fromTopics(topics.port(), 'a.*', { group: 'g' }).subscribe({ error });
        source().subscribe({ error });
        timer(10).subscribe(() => shared.unsubscribe());
      });
      flush();
    });
    expect(errors.map((cause) => (cause as Error).constructor)).to.deep.equal([GroupOrderError, GroupOrderError]);
    for (const cause of errors)
      expect((cause as Error).message)
        .to.include("'g'")
        .and.include(STREAM);
  });

  it('refuses another order at the call', () => {
    const order = 'time' as unknown as 'key';
    expect(() => source({ orderBy: order })).to.throw(InvalidOptionError, "orderBy is 'time': it takes 'key'");
  });

  it('hands on a long line of one key, settled at once, without growing the stack', () => {
    const messages = Array.from({ length: 20_000 }, () => 'x');
    topics.append(messages, { meta: JSON.stringify({ key: 'a' }) });
    play(
      () => source({ credit: 100 }),
      (delivery) => delivery.ack(),
      2_000,
    );
    expect(log).to.have.length(20_000);
  });
});
