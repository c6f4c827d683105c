import { expect } from 'chai';
import { concat, ignoreElements, type Observable, tap, timer } from 'rxjs';
import { memoryStore } from '../../src/adapters/memory/index.ts';
import type { StreamStore } from '../../src/core/store.ts';
import { fromTopics } from '../../src/sources/fromTopics.ts';
import { TestTopics } from '../support/topicsPort.ts';
import { VirtualTime } from '../support/virtualTime.ts';

describe('closing a source that has ended already', () => {
  for (const [name, options] of [
    ['leave', {}],
    ['depart', { orderBy: 'key' }],
  ] as const) {
    it(`is over once the store has answered '${name}', so that nobody waits for its lease`, () => {
      const events: string[] = [];
      const inner = memoryStore();
      const late = (call: Observable<void>) =>
        concat(timer(500).pipe(ignoreElements()), call).pipe(tap({ complete: () => events.push(name) }));
      const store: StreamStore = Object.assign(Object.create(inner) as StreamStore, {
        leave: (...args: Parameters<StreamStore['leave']>) =>
          name === 'leave' ? late(inner.leave(...args)) : inner.leave(...args),
        depart: (...args: Parameters<StreamStore['depart']>) =>
          name === 'depart' ? late(inner.depart(...args)) : inner.depart(...args),
      });
      const topics = new TestTopics(store);
      new VirtualTime().run(({ flush }) => {
        const running = fromTopics(topics.port(), 'a.*', { group: 'g', ...options }).subscribe();
        timer(100).subscribe(() => running.unsubscribe());
        timer(200).subscribe(() => topics.readers[0]?.close(1_000).subscribe({ complete: () => events.push('over') }));
        flush();
      });
      expect(events).to.deep.equal([name, 'over']);
    });
  }
});
