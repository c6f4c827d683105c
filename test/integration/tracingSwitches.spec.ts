import { expect } from 'chai';
import { type BusConfig, handle, pipeline, stage } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

describe('tracing, switched by what a bus is connected with', () => {
  let tracing: Tracing;
  beforeEach(() => {
    tracing = startTracing();
  });
  afterEach(() => tracing.stop());

  onEachStore((world) => {
    /** The names of the spans of one message, published and processed. */
    async function spansOf(config: BusConfig): Promise<readonly string[]> {
      const bus = await world.connect(config);
      let handled = 0;
      const check = stage(
        'check',
        handle(() => {
          handled += 1;
        }),
      );
      const running = pipeline('desk', bus.from('orders.*', { group: 'desk' }), check).run();
      await bus.publish('orders.new', 1);
      await eventually(() => handled === 1);
      await running.stop();
      await bus.close();
      return tracing.spans.map(({ name }) => name).sort();
    }

    it('spans publishing, processing and every stage unless told otherwise', async () => {
      expect(await spansOf({})).to.deep.equal(['check', 'process orders.*', 'publish main.0']);
    });

    it('makes no span of a stage with `stages: false`', async () => {
      expect(await spansOf({ tracing: { stages: false } })).to.deep.equal(['process orders.*', 'publish main.0']);
    });

    it('makes none at all with `enabled: false`', async () => {
      expect(await spansOf({ tracing: { enabled: false } })).to.deep.equal([]);
    });
  });
});
