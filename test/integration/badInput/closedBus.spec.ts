import { expect } from 'chai';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { type Bus, type OutgoingMessage, pipeline } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { errorOf, expectComplaint } from '../../support/expectComplaint.ts';
import { onEachStore } from '../../support/onEachStore.ts';

const closed = { type: 'StoreClosedError', code: 'CLOSED', says: 'is closed: connect again to go on' };

const CALLS: Readonly<Record<string, (bus: Bus) => unknown>> = {
  publish: (bus) => bus.publish('a.b', 1),
  publishMany: (bus) => bus.publishMany([{ topic: 'a.b', data: 1 }]),
  from: (bus) => bus.from('a.*', { group: 'g' }),
  subscribe: (bus) => bus.subscribe('a.*'),
  request: (bus) => bus.request('a.b', 1),
  respond: (bus) => bus.respond('a.*', () => 1),
};

describe('bad input: a closed bus', () => {
  onEachStore((world) => {
    for (const [name, call] of Object.entries(CALLS)) {
      it(`refuses ${name}`, async () => {
        const [bus, other] = [await world.connect(), await world.connect()];
        await bus.publish('a.b', 'kept');
        await bus.close();
        expectComplaint(await errorOf(() => call(bus)), closed);
        expect((await other.stats()).lanes.normal.length, 'what was confirmed is there').to.equal(1);
      });
    }

    it('refuses what was asked for before and is subscribed to after', async () => {
      const bus = await world.connect();
      const [source, view] = [bus.from('a.*', { group: 'g' }), bus.subscribe('a.*', { from: 'earliest' })];
      await bus.publish('a.b', 1);
      await bus.close();
      expectComplaint(await errorOf(() => firstValueFrom(source)), closed);
      expectComplaint(await errorOf(() => firstValueFrom(view)), closed);
    });

    it('completes the sources and the live views that are open', async () => {
      const bus = await world.connect();
      const source = lastValueFrom(bus.from('a.*', { group: 'g' }), { defaultValue: 'completed' });
      const view = lastValueFrom(bus.subscribe('a.*'), { defaultValue: 'completed' });
      await eventually(async () => (await bus.stats()).groups[0]?.consumers.length === 1);
      await bus.close();
      expect(await Promise.all([source, view])).to.deep.equal(['completed', 'completed']);
    });

    it('refuses the request that waits for its answer', async () => {
      const bus = await world.connect();
      const refused = errorOf(() => bus.request('a.b', 1));
      await eventually(async () => (await bus.stats()).lanes.normal.length === 1);
      await bus.close();
      expectComplaint(await refused, closed);
    });

    it('pulls no more from an endless iterable', async () => {
      const bus = await world.connect();
      let pulled = 0;
      let returned = false;
      async function* endless(): AsyncGenerator<OutgoingMessage> {
        try {
          for (;;) yield { topic: 'a.b', data: pulled++ };
        } finally {
          returned = true;
        }
      }
      const error = errorOf(() => bus.publishMany(endless()));
      await eventually(() => pulled > 100);
      const began = performance.now();
      await bus.close();
      expect(performance.now() - began, 'it does not wait for the deadline').to.be.below(5_000);
      expectComplaint(await error, { type: 'PublishManyError', code: 'PUBLISH_MANY', says: closed.says });
      expect(returned).to.equal(true);
    });

    it('fails what another pipeline would publish through it, and that comes again', async () => {
      const [bus, other] = [await world.connect(), await world.connect()];
      const retried = pipeline(
        'forwards',
        other.from('a.*', { group: 'g', attempts: 2, backoff: { initialMs: 1 } }),
        bus.to('c.d'),
      );
      await bus.close();
      await other.publish('a.b', 'whole');
      const running = retried.run();
      await eventually(() => running.counts.settled.reject === 1);
      await running.stop();
      const [letter] = await other.deadLetters();
      expect([letter?.error.name, letter?.attempts]).to.deep.equal(['StoreClosedError', 2]);
    });

    it('is closed twice, or at once by two, like once', async () => {
      const bus = await world.connect();
      await Promise.all([bus.close(), bus.close({ deadlineMs: 5 })]);
      await bus.close();
      await bus[Symbol.asyncDispose]();
    });
  });
});
