import { expect } from 'chai';
import { concat } from 'rxjs';
import type { StreamStore } from '../../src/core/store.ts';
import { type Bus, type Delivery, dedupe, handle, pipeline } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';

async function owed(bus: Bus): Promise<number> {
  const { pending = 0, lag = 0 } = (await bus.stats()).groups[0] ?? {};
  return pending + lag;
}

/** Ends a consumer's lease just when its first ack with an output is on its way. */
function fenceAtFirstOutput(store: StreamStore): void {
  const settle = store.settle.bind(store);
  let fenced = false;
  store.settle = (member, batch) => {
    if (fenced || !batch.some(({ outputs }) => outputs)) return settle(member, batch);
    fenced = true;
    return concat(store.leave(member), settle(member, batch));
  };
}

describe('dedupe with bus.seen', () => {
  onEachStore((world) => {
    /** Starts a consumer that notes what it handles. */
    function consume(bus: Bus, handled: unknown[], run: (data: unknown) => unknown = () => undefined) {
      const keyed = dedupe<Delivery>({ by: (data) => String((data as { ref: number }).ref), seen: bus.seen('pay') });
      return bus
        .from('pay.*', { group: 'g', backoff: { initialMs: 1 } })
        .pipe(
          keyed,
          handle(async (data) => {
            await run(data);
            handled.push((data as { ref: number }).ref);
          }),
        )
        .subscribe((delivery) => void delivery.ack());
    }

    it('handles each key once over several consumers, and after a restart', async () => {
      const [one, two] = [await world.connect(), await world.connect()];
      const handled: unknown[] = [];
      const running = [consume(one, handled), consume(two, handled)];
      const twice = Array.from({ length: 200 }, (_, i) => ({ topic: 'pay.in', data: { ref: i % 100 } }));
      await one.publishMany(twice);
      await eventually(async () => (await owed(one)) === 0);
      for (const subscription of running) subscription.unsubscribe();
      expect(handled.length).to.equal(100);
      const later = await world.connect();
      const again = consume(later, handled);
      await later.publishMany(twice);
      await eventually(async () => (await owed(later)) === 0);
      again.unsubscribe();
      expect(new Set(handled).size).to.equal(100);
      expect(handled.length).to.equal(100);
    });

    it('handles a key again whose first handling failed', async () => {
      const bus = await world.connect();
      const handled: unknown[] = [];
      let failures = 0;
      const running = consume(bus, handled, () => {
        failures += 1;
        if (failures === 1) throw new Error('not yet');
      });
      await bus.publishMany([1, 1].map((ref) => ({ topic: 'pay.in', data: { ref } })));
      await eventually(async () => (await owed(bus)) === 0);
      running.unsubscribe();
      expect([handled, failures]).to.deep.equal([[1], 2]);
    });

    it('loses no atomic output when its consumer loses its place before the ack', async () => {
      const bus = await world.connect();
      fenceAtFirstOutput(bus.store);
      const keyed = dedupe<Delivery>({ by: (data) => (data as { ref: string }).ref, seen: bus.seen('pay') });
      const running = bus
        .from('pay.*', { group: 'g' })
        .pipe(keyed, bus.to('booked.x', { atomic: true }))
        .subscribe((delivery) => void delivery.ack());
      const booked: unknown[] = [];
      const view = bus.subscribe('booked.x', { from: 'earliest' }).subscribe(({ data }) => booked.push(data));
      const twice = ['a', 'b', 'a'].map((ref) => ({ topic: 'pay.in', data: { ref } }));
      await bus.publishMany(twice);
      await eventually(async () => (await owed(bus)) === 0);
      await bus.publishMany(twice);
      await bus.publish('booked.x', 'end');
      await eventually(async () => booked.includes('end') && (await owed(bus)) === 0);
      running.unsubscribe();
      view.unsubscribe();
      expect(booked).to.have.deep.members([{ ref: 'a' }, { ref: 'b' }, 'end']);
    });

    it('remembers the last message with an atomic output before the bus is closed', async () => {
      const booked: unknown[] = [];
      for (let round = 0; round < 5; round += 1) {
        const bus = await world.connect();
        const keyed = dedupe<Delivery>({ by: (data) => (data as { ref: string }).ref, seen: bus.seen('pay') });
        const flow = pipeline('p', bus.from('pay.*', { group: 'g' }), keyed, bus.to('booked.x', { atomic: true }));
        const running = flow.run();
        await bus.publish('pay.in', { ref: 'a' });
        await eventually(() => running.counts.received > 0);
        await bus.close();
      }
      const bus = await world.connect();
      await bus.publish('booked.x', 'end');
      const view = bus.subscribe('booked.x', { from: 'earliest' }).subscribe(({ data }) => booked.push(data));
      await eventually(() => booked.includes('end'));
      view.unsubscribe();
      expect(booked).to.deep.equal([{ ref: 'a' }, 'end']);
    });
  });
});
