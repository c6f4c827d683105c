import { expect } from 'chai';
import { throwError } from 'rxjs';
import { memoryStore } from '../../src/adapters/memory/index.ts';
import { connect, FencedError, handle, pipeline, StoreError, type StreamStore, stage } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';

function altered(store: StreamStore, calls: Partial<StreamStore>): StreamStore {
  return Object.assign(Object.create(store) as StreamStore, calls);
}

describe('settlements that the store refuses', () => {
  it('bring their messages again, as the notice says', async () => {
    const inner = memoryStore();
    let refusals = 1;
    const store = altered(inner, {
      settle: (member, settlements) =>
        refusals-- > 0
          ? throwError(() => new StoreError('STORE_ERROR', 'no', false))
          : inner.settle(member, settlements),
    });
    const bus = await connect({ store, consume: { leaseMs: 300 } });
    const told: string[] = [];
    bus.notices.subscribe(({ code }) => told.push(code));
    const seen: unknown[] = [];
    bus.from('t.*', { group: 'g' }).subscribe((delivery) => {
      seen.push(delivery.data);
      delivery.ack();
    });
    await bus.publish('t.x', 'a');
    await eventually(() => seen.length === 2);
    await eventually(async () => (await bus.stats()).groups[0]?.pending === 0);
    expect(told).to.include('SETTLE_FAILED');
    await bus.close();
  });

  it('are no drained stop', async () => {
    const inner = memoryStore();
    let fenced = false;
    const store = altered(inner, {
      settle: (member, settlements) =>
        fenced ? throwError(() => new FencedError(member)) : inner.settle(member, settlements),
    });
    const bus = await connect({ store });
    bus.notices.subscribe();
    let answer: (() => void) | undefined;
    const waits = handle(() => new Promise<void>((resolve) => (answer = resolve)));
    const running = pipeline('p', bus.from('t.*', { group: 'g' }), stage('wait', waits)).run();
    await bus.publish('t.x', 1);
    await eventually(() => answer !== undefined);
    fenced = true;
    const stopped = running.stop({ deadlineMs: 2_000 });
    answer?.();
    expect((await stopped).drained).to.equal(false);
    await bus.close();
  });
});
