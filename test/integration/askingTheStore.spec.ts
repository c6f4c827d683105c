import { expect } from 'chai';
import { handle, pipeline } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';

describe('bus.deadLetters and bus.stats', () => {
  onEachStore((world) => {
    it('know what was settled before they were asked', async () => {
      const bus = await world.connect();
      const fails = handle((): void => {
        throw new RangeError('no');
      });
      const running = pipeline('fails', bus.from('orders.*', { group: 'orders', attempts: 1 }), fails).run();
      await bus.publish('orders.new', 1);
      await eventually(() => running.counts.settled.reject === 1);
      const [letters, stats] = await Promise.all([bus.deadLetters(), bus.stats()]);
      expect(letters.map(({ error, attempts }) => [error.name, attempts])).to.deep.equal([['RangeError', 1]]);
      expect(stats.groups.map(({ pending }) => pending)).to.deep.equal([0]);
    });
  });
});
