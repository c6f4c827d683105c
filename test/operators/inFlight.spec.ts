import { expect } from 'chai';
import type { Holder, RootDuty } from '../../src/core/duty.ts';
import { InFlight } from '../../src/operators/inFlight.ts';
import { TestSource } from '../../src/testing/testSource.ts';

class TestHolder implements Holder {
  told = 0;

  exhausted(): void {
    this.told += 1;
  }
}

describe('InFlight', () => {
  const setup = (most: number) => {
    const source = new TestSource();
    let freed = 0;
    const inFlight = new InFlight(
      (count) => count >= most,
      () => {
        freed += 1;
      },
    );
    const enter = (data: string) => {
      const delivery = source.deliver(data);
      return { delivery, duty: delivery.duty as RootDuty, flight: inFlight.enter(delivery.duty) };
    };
    return { inFlight, enter, freed: () => freed };
  };

  it('is full once its places are taken, until one is free', () => {
    const { inFlight, enter, freed } = setup(2);
    const [first, second] = [enter('a'), enter('b')];
    expect([inFlight.full, freed()]).deep.equal([true, 0]);
    first.delivery.ack();
    first.flight.ended();
    expect([inFlight.full, freed()]).deep.equal([false, 1]);
    second.flight.ended();
    second.delivery.ack();
    expect(freed()).equal(2);
  });

  it('tells holders when it is full and everything is held, and those only that hold something', () => {
    const { inFlight, enter } = setup(2);
    const [gone, holder] = [new TestHolder(), new TestHolder()];
    const [first, second] = [enter('a'), enter('b')];
    inFlight.hold(first.duty, gone);
    inFlight.letGo(first.duty);
    inFlight.hold(first.duty, holder);
    expect([gone.told, holder.told]).deep.equal([0, 0]);
    inFlight.hold(second.duty, holder);
    expect([gone.told, holder.told]).deep.equal([0, 1]);
  });

  it('forgets what is held with the one that has ended', () => {
    const { inFlight, enter } = setup(1);
    const holder = new TestHolder();
    const first = enter('a');
    first.delivery.ack();
    inFlight.hold(first.duty, holder);
    const second = enter('b');
    expect(holder.told).equal(0);
    inFlight.hold(second.duty, holder);
    expect(holder.told).equal(1);
  });
});
