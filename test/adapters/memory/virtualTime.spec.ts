import { expect } from 'chai';
import { mergeWith, NEVER, switchMap, takeUntil, timer } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { FencedError, StoreClosedError } from '../../../src/core/storeErrors.ts';
import { VirtualTime } from '../../support/virtualTime.ts';
import { now, record, Stream } from './support/stream.ts';

describe('memoryStore in virtual time', () => {
  let test: TestScheduler;

  beforeEach(() => {
    test = new VirtualTime();
  });

  it('replies at once when there is something', () => {
    test.run(({ expectObservable }) => {
      const stream = new Stream();
      const member = stream.join('c');
      stream.append('a', 'b');
      expectObservable(stream.taking(member, { waitMs: 10 })).toBe('(x|)', { x: 'a1 b1' });
    });
  });

  it('replies with an empty hand after waitMs', () => {
    test.run(({ expectObservable }) => {
      const stream = new Stream();
      expectObservable(stream.taking(stream.join('c'), { waitMs: 5 })).toBe('-----(x|)', { x: '' });
    });
  });

  it('wakes a take in the moment of an append', () => {
    test.run(({ cold, expectObservable }) => {
      const stream = new Stream();
      cold('---a').subscribe((payload) => stream.append(payload));
      expectObservable(stream.taking(stream.join('c'), { waitMs: 10 })).toBe('---(x|)', { x: 'a1' });
    });
  });

  it('serves takes that wait in the order they came', () => {
    test.run(({ cold, expectObservable }) => {
      const stream = new Stream();
      const [one, two] = [stream.join('one'), stream.join('two')];
      cold('-ab').subscribe((payload) => stream.append(payload));
      expectObservable(stream.taking(one, { waitMs: 10 })).toBe('-(x|)', { x: 'a1' });
      expectObservable(stream.taking(two, { waitMs: 10 })).toBe('--(x|)', { x: 'b1' });
    });
  });

  it('wakes a take when a retry is due, not before', () => {
    test.run(({ expectObservable }) => {
      const stream = new Stream();
      const member = stream.join('c');
      stream.append('a');
      stream.settle(member, now(stream.take(member)), { kind: 'retry', delayMs: 7 });
      expectObservable(stream.taking(member, { waitMs: 20 })).toBe('-------(x|)', { x: 'a2' });
    });
  });

  it('waits for a retry that is further off than a timer reaches', () => {
    test.run(({ expectObservable }) => {
      const stream = new Stream();
      const member = stream.join('c', Number.MAX_SAFE_INTEGER);
      stream.append('a');
      stream.settle(member, now(stream.take(member)), { kind: 'retry', delayMs: 60 * 86_400_000 });
      expectObservable(stream.taking(member, { waitMs: Infinity })).toBe('5184000000ms (x|)', { x: 'a2' });
    });
  });

  it('wakes a take when a lease runs out, and tells the other in the same moment', () => {
    test.run(({ expectObservable }) => {
      const stream = new Stream();
      const [dead, live] = [stream.join('dead', 4), stream.join('live')];
      stream.append('a');
      now(stream.take(dead));
      expectObservable(stream.taking(dead, { waitMs: 20 })).toBe('----#', undefined, new FencedError(dead));
      expectObservable(stream.taking(live, { waitMs: 20 })).toBe('----(x|)', { x: 'a2' });
    });
  });

  it('leaves the work of a consumer alone as long as it renews', () => {
    test.run(({ cold, expectObservable }) => {
      const stream = new Stream();
      const [busy, idle] = [stream.join('busy', 4), stream.join('idle')];
      stream.append('a');
      now(stream.take(busy));
      cold('--r--r--r').subscribe(() => now(stream.store.renew(busy, 4)));
      expectObservable(stream.taking(idle, { waitMs: 20 })).toBe('------------(x|)', { x: 'a2' });
    });
  });

  it('leaves alone who renews after its lease ran out, before anyone else asked', () => {
    test.run(({ cold, expectObservable }) => {
      const stream = new Stream();
      const [late, other] = [stream.join('late', 4), stream.join('other')];
      stream.append('a');
      now(stream.take(late));
      const steps: Record<string, () => unknown> = {
        t: () => expect(now(stream.taking(late))).to.equal(''),
        r: () => now(stream.store.renew(late, 4)),
      };
      cold('-----tr').subscribe((step) => steps[step]?.());
      expectObservable(timer(7).pipe(switchMap(() => stream.taking(other, { waitMs: 10 })))).toBe('----------(x|)', {
        x: 'a2',
      });
    });
  });

  it('gives nothing to a take that was unsubscribed, and keeps no timer for it', () => {
    test.run(({ cold, expectObservable }) => {
      const stream = new Stream();
      const [gone, live] = [stream.join('gone'), stream.join('live')];
      cold('----a').subscribe((payload) => stream.append(payload));
      expectObservable(stream.taking(gone, { waitMs: 10 }), '--!').toBe('--');
      expectObservable(stream.taking(live, { waitMs: 10 })).toBe('----(x|)', { x: 'a1' });
    });
    expect(test.frame).to.be.below(10);
  });

  it('completes without a value when the signal aborts', () => {
    test.run(({ cold, expectObservable }) => {
      const stream = new Stream();
      const abort = new AbortController();
      cold('--a').subscribe(() => abort.abort());
      expectObservable(stream.taking(stream.join('c'), { waitMs: 10, signal: abort.signal })).toBe('--|');
    });
  });

  it('ends what waits when it closes', () => {
    test.run(({ cold, expectObservable }) => {
      const stream = new Stream();
      cold('--c').subscribe(() => now(stream.store.close()));
      const read = stream.store.read({ stream: 's', from: 'latest', count: 1, waitMs: 10 });
      expectObservable(stream.taking(stream.join('c'), { waitMs: 10 })).toBe('--#', undefined, new StoreClosedError());
      expectObservable(read).toBe('--#', undefined, new StoreClosedError());
    });
  });

  it('wakes a take when another member comes due after one that nobody can take', () => {
    test.run(({ expectObservable }) => {
      const stream = new Stream();
      const member = stream.join('c');
      const credit = { critical: 0, high: 0, normal: 0, low: 1 };
      stream.append('a');
      stream.settle(member, now(stream.take(member)), { kind: 'retry', delayMs: 2 });
      expectObservable(stream.taking(member, { waitMs: 6, credit })).toBe('------(x|)', { x: '' });
    });
  });

  it('lets time end when nobody waits any more', () => {
    test.run(({ expectObservable }) => {
      const stream = new Stream();
      const member = stream.join('c', 50);
      stream.append('a');
      stream.settle(member, now(stream.take(member)), { kind: 'retry', delayMs: 1_000 });
      expectObservable(stream.taking(member, { waitMs: 5 }).pipe(takeUntil(timer(3)))).toBe('---|');
      expectObservable(NEVER, '----!').toBe('----');
    });
    expect(test.frame).to.be.below(1_000);
  });

  it('hands out what was scheduled in the very moment it is due', () => {
    test.run(({ expectObservable }) => {
      const stream = new Stream();
      const schedule = (id: string, afterMs: number) => ({ ...record(id), id, due: { afterMs } });
      now(stream.store.schedule('s', [schedule('b', 5), schedule('a', 3), schedule('never', 4)]));
      expect(now(stream.store.cancel('s', [{ topic: record('').topic, id: 'never' }]))).to.equal(1);
      const member = stream.join('c');
      const twice = stream.taking(member, { waitMs: 10 }).pipe(mergeWith(stream.taking(member, { waitMs: 10 })));
      expectObservable(twice).toBe('---a-(b|)', { a: 'a1', b: 'b1' });
    });
  });

  it('has what was scheduled for a hundred days in a hundred days', () => {
    test.run(({ expectObservable }) => {
      const stream = new Stream();
      const afterMs = 100 * 86_400_000;
      now(stream.store.schedule('s', [{ ...record('a'), id: 'a', due: { afterMs } }]));
      const member = stream.join('c', 2 * afterMs);
      expectObservable(stream.taking(member, { waitMs: 2 * afterMs })).toBe(`${afterMs}ms (a|)`, { a: 'a1' });
    });
  });
});
