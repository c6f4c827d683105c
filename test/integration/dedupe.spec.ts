import { expect } from 'chai';
import { type Bus, type Delivery, dedupe, handle } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';

async function owed(bus: Bus): Promise<number> {
  const { pending = 0, lag = 0 } = (await bus.stats()).groups[0] ?? {};
  return pending + lag;
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
  });
});
