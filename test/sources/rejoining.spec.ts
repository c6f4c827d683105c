import { expect } from 'chai';
import { defer, NEVER, throwError } from 'rxjs';
import { memoryStore } from '../../src/adapters/memory/index.ts';
import type { StreamStore } from '../../src/core/store.ts';
import { FencedError, NoGroupError, StoreGivenUpError, StoreUnavailableError } from '../../src/core/storeErrors.ts';
import { handle } from '../../src/operators/handle.ts';
import { fromTopics } from '../../src/sources/fromTopics.ts';
import { TestTopics } from '../support/topicsPort.ts';
import { virtualRun } from '../support/virtualRun.ts';

function altered(store: StreamStore, calls: Partial<StreamStore>): StreamStore {
  return Object.assign(Object.create(store) as StreamStore, calls);
}

describe('a source that loses its place in the group', () => {
  it('joins again at once, but at growing intervals if it loses it again before it has read', () =>
    virtualRun(({ flush, at }) => {
      const inner = memoryStore();
      let takes = 0;
      const store = altered(inner, {
        take: ({ member }) =>
          defer(() => {
            takes += 1;
            return throwError(() => new NoGroupError(member));
          }),
      });
      const running = fromTopics(new TestTopics(store).port(), 'a.*', { group: 'g' }).subscribe();
      const counts: number[] = [];
      for (const ms of [1, 1_000, 10_000]) at(ms, () => void counts.push(takes));
      at(10_000, () => running.unsubscribe());
      flush();
      expect(counts[0]).to.equal(2);
      expect(counts[1]).to.be.within(4, 8);
      expect(counts[2]).to.be.lessThan(16);
    }));

  it('aborts the handlers that run, so that they drop what others have now', () => {
    const inner = memoryStore();
    let fenced = false;
    const store = altered(inner, {
      renew: (member, leaseMs) => (fenced ? throwError(() => new FencedError(member)) : inner.renew(member, leaseMs)),
    });
    const topics = new TestTopics(store);
    const signals: AbortSignal[] = [];
    virtualRun(({ flush, at }) => {
      const hangs = handle((_data: unknown, { signal }) => {
        signals.push(signal);
        return NEVER;
      });
      const running = fromTopics(topics.port(), 'a.*', { group: 'g' }).pipe(hangs).subscribe();
      topics.append(['a']);
      at(100, () => {
        expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false]);
        fenced = true;
      });
      at(500, () => {
        fenced = false;
        expect(signals[0]?.aborted).to.equal(true);
        running.unsubscribe();
      });
      flush();
    });
    expect(topics.notices.map(({ code }) => code)).to.include('FENCED');
  });
});

describe('a source whose store can not be used', () => {
  const away = () => throwError(() => new StoreUnavailableError('away'));

  for (const call of ['createGroup', 'take', 'attend'] as const) {
    it(`gives up when it may try no longer (${call})`, () => {
      const topics = new TestTopics(altered(memoryStore(), { [call]: away }));
      let [error, tries]: [unknown, number] = [undefined, 0];
      virtualRun(({ flush, at }) => {
        const reconnect = { maxMs: 200, giveUpAfterMs: 1_000 };
        const counted = altered(topics.store, {
          [call]: () =>
            defer(() => {
              tries += 1;
              return away();
            }),
        });
        const options = call === 'attend' ? { group: 'g', orderBy: 'key' as const } : { group: 'g' };
        const port = topics.port({ store: counted, reconnect });
        const running = fromTopics(port, 'a.*', options).subscribe({ error: (cause) => (error = cause) });
        at(999, () => expect(error).to.equal(undefined));
        at(1_001, () => {
          expect(error).to.be.instanceOf(StoreGivenUpError);
          running.unsubscribe();
        });
        flush();
      });
      expect(tries).to.be.within(5, 20);
      expect(topics.notices.map(({ code }) => code)).to.deep.equal(['STORE_RETRY']);
    });
  }
});
