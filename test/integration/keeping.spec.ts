import { expect } from 'chai';
import { GroupInUseError, handle, type Notice } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf, expectComplaint } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';

const FEW = { retention: { maxEntries: 5, everyMs: 20 } };

describe('keeping a bus in order', () => {
  onEachStore((world) => {
    const told = (code: string): readonly Notice[] => world.notices.filter((notice) => notice.code === code);

    it('trims streams that nobody publishes to any more', async () => {
      const bus = await world.connect();
      await bus.publishMany(Array.from({ length: 50 }, (_, data) => ({ topic: 'a.b', data })));
      await bus.close();
      const idle = await world.connect(FEW);
      await eventually(async () => expect((await idle.stats()).lanes.normal.length).to.equal(5));
    });

    it('keeps each stream by its own bounds', async () => {
      const streams = {
        short: { patterns: ['short.*'], retention: { maxEntries: 2 } },
        long: { patterns: ['long.*'], retention: { maxEntries: Infinity } },
      };
      const bus = await world.connect({ ...FEW, streams });
      for (const name of ['short', 'long', 'main']) {
        await bus.publishMany(Array.from({ length: 20 }, (_, data) => ({ topic: `${name}.x`, data })));
      }
      const lengths = async () =>
        Promise.all(['short', 'long', 'main'].map(async (name) => (await bus.stats(name)).lanes.normal.length));
      await eventually(async () => expect(await lengths()).to.deep.equal([2, 20, 5]));
    });

    it('lets go of what a group owes only for maxBytes, and tells how much; the rest is handled once', async () => {
      const bus = await world.connect({ retention: { maxEntries: 1, maxBytes: 100_000, everyMs: 20 } });
      const got: unknown[] = [];
      const reading = bus.from('a.*', { group: 'slow' }).subscribe();
      await eventually(async () => expect((await bus.stats()).groups).to.have.length(1));
      reading.unsubscribe();
      await bus.publishMany(
        Array.from({ length: 200 }, (_, number) => ({ topic: 'a.b', data: { number, fill: 'x'.repeat(2_000) } })),
      );
      await eventually(() => expect(told('RETENTION_FORCED').length).to.be.above(0));
      const [group] = (await bus.stats()).groups;
      const trimmed = group?.trimmed ?? 0;
      expect(trimmed).to.be.within(150, 189);
      const sum = told('RETENTION_FORCED').reduce(
        (all, { message }) => all + Number(/: (\d+) messages/.exec(message)?.[1]),
        0,
      );
      expect(sum).to.equal(trimmed);
      const health = await bus.health();
      expect(health.status).to.equal('degraded');
      expect(health.reasons).to.include(
        `group 'slow' on stream 'main' has lost ${trimmed} messages to retention.maxBytes`,
      );
      bus
        .from('a.*', { group: 'slow' })
        .pipe(handle((data) => void got.push((data as { number: number }).number)))
        .subscribe((delivery) => delivery.ack());
      await eventually(() => expect(got.at(-1)).to.equal(199));
      // What is in hand has bytes too, so the next round may have taken a few more before they were read.
      expect(got.length).to.be.within(190 - trimmed, 200 - trimmed);
      expect(got).to.deep.equal(Array.from({ length: got.length }, (_, i) => 200 - got.length + i));
    });

    it('names the group that is never read again, and lets it be removed', async () => {
      const bus = await world.connect(FEW);
      const reading = bus.from('a.*', { group: 'audit' }).subscribe();
      await eventually(async () => expect((await bus.stats()).groups).to.have.length(1));
      const inUse = await bus.removeGroup('audit').catch((error: Error) => error);
      expect(inUse).to.be.instanceOf(GroupInUseError);
      expect((inUse as Error).message).to.contain("group 'audit' on stream 'main.0' has 1 members and owes 0 entries");
      reading.unsubscribe();
      await bus.publishMany(Array.from({ length: 50 }, (_, data) => ({ topic: 'a.b', data })));
      await eventually(() => expect(told('RETENTION_HELD').length).to.be.above(0));
      expect(told('RETENTION_HELD')[0]?.message).to.contain("since group 'audit' owes them");
      await eventually(async () => expect((await bus.stats()).groups[0]?.consumers).to.deep.equal([]));
      const { reasons } = await bus.health();
      expect(reasons).to.include("group 'audit' on stream 'main' has no consumer and owes 50 entries");
      expect(reasons).to.include("group 'audit' on stream 'main' owes 45 entries beyond what retention would keep");
      expect(await bus.removeGroup('audit').catch((error: Error) => error)).to.be.instanceOf(GroupInUseError);
      expect(await bus.removeGroup('audit', { force: true })).to.deep.equal({ partitions: 1, owed: 50 });
      expect(await bus.removeGroup('audit')).to.deep.equal({ partitions: 0, owed: 0 });
      await eventually(async () => expect((await bus.stats()).lanes.normal.length).to.equal(5));
    });

    it('refuses what is no group', async () => {
      const bus = await world.connect();
      for (const group of [undefined, '', 'a b']) {
        const error = await errorOf(() => bus.removeGroup(group as string));
        expectComplaint(error, { type: 'InvalidOptionError', code: 'INVALID_OPTION', says: 'group' });
      }
    });

    it('removes a group that has had no consumer for long, if it is to', async () => {
      const bus = await world.connect({ retention: { everyMs: 20 }, groups: { expireAfterMs: 50 } });
      const reading = bus.from('a.*', { group: 'gone' }).subscribe();
      await eventually(async () => expect((await bus.stats()).groups[0]?.consumers).to.have.length(1));
      reading.unsubscribe();
      await eventually(async () => expect((await bus.stats()).groups).to.deep.equal([]));
      expect(told('GROUP_EXPIRED')[0]?.message).to.match(/^group 'gone' on stream 'main.0' had no consumer for \d+ ms/);
    });
  });
});
