import { expect } from 'chai';
import { BufferFullError } from '../../src/index.ts';
import { onEachStore } from '../support/onEachStore.ts';

describe('a full publishing buffer', () => {
  onEachStore((world) => {
    it("refuses with `publish.full: 'fail'` what does not fit, keeps the rest, and takes more once there is room", async () => {
      const bus = await world.connect({ maxPayloadBytes: 100, publish: { bufferBytes: 100, full: 'fail' } });
      const text = 'x'.repeat(70);
      const [first, second] = await Promise.allSettled([bus.publish('a.b', text), bus.publish('a.c', text)]);
      expect(first.status).to.equal('fulfilled');
      expect(second)
        .to.have.property('reason')
        .that.is.instanceOf(BufferFullError)
        .and.includes({ code: 'BUFFER_FULL' });
      await bus.publish('a.d', text);
      expect((await bus.stats()).lanes.normal.length).to.equal(2);
    });
  });
});
