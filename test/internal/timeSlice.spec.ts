import { expect } from 'chai';
import { asyncScheduler, type SchedulerLike, VirtualTimeScheduler } from 'rxjs';
import { TimeSlice } from '../../src/internal/timeSlice.ts';
import { eventually } from '../support/eventually.ts';
import { VirtualTime } from '../support/virtualTime.ts';

describe('TimeSlice', () => {
  it('ends, and goes on once timers have had their turn, in virtual time', () => {
    const scheduler = new VirtualTime();
    let now = 0;
    const clock: SchedulerLike = Object.assign(Object.create(scheduler), { now: () => now });
    const resumed: number[] = [];
    const slice = new TimeSlice(4, clock, () => resumed.push(now));
    expect(slice.open).to.equal(true);
    now = 3;
    expect(slice.open).to.equal(true);
    now = 4;
    expect(slice.open).to.equal(false);
    scheduler.flush();
    expect(resumed).to.deep.equal([4]);
    expect(slice.open).to.equal(true);
    scheduler.flush();
    expect(resumed).to.deep.equal([4]);
  });

  it('goes on though the clock is put back meanwhile', () => {
    const scheduler = new VirtualTime();
    let now = 1_000;
    const clock: SchedulerLike = Object.assign(Object.create(scheduler), { now: () => now });
    let resumed = 0;
    const slice = new TimeSlice(4, clock, () => {
      resumed += 1;
    });
    expect(slice.open).to.equal(true);
    now = 1_004;
    expect(slice.open).to.equal(false);
    now = 0;
    expect(slice.open).to.equal(false);
    scheduler.flush();
    expect(resumed).to.equal(1);
    expect(slice.open).to.equal(true);
  });

  it('is resumed by nothing but its scheduler, in virtual time', async () => {
    const scheduler = new VirtualTimeScheduler();
    let resumed = 0;
    const slice = new TimeSlice(0, scheduler, () => (resumed += 1));
    expect(slice.open).to.equal(true);
    expect(slice.open).to.equal(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(resumed).to.equal(0);
    scheduler.flush();
    expect(resumed).to.equal(1);
  });

  it('lets sockets and timers in before it goes on, in real time', async () => {
    const order: string[] = [];
    const slice = new TimeSlice(1, asyncScheduler, () => order.push('resumed'));
    expect(slice.open).to.equal(true);
    setImmediate(() => order.push('others'));
    const began = performance.now();
    while (performance.now() - began < 3) Promise.resolve();
    expect(slice.open).to.equal(false);
    await eventually(() => order.length === 2);
    expect(order.sort()).to.deep.equal(['others', 'resumed']);
  });
});
