import { expect } from 'chai';
import { VirtualTimeScheduler } from 'rxjs';
import { Alarm } from '../../../src/adapters/memory/alarm.ts';

describe('Alarm', () => {
  let scheduler: VirtualTimeScheduler;
  let rung: number[];
  let alarm: Alarm;

  beforeEach(() => {
    scheduler = new VirtualTimeScheduler();
    rung = [];
    alarm = new Alarm(scheduler, () => rung.push(scheduler.frame));
  });

  it('rings at the time set, once', () => {
    alarm.set(7);
    scheduler.flush();
    expect(rung).to.deep.equal([7]);
  });

  it('rings at the earlier time of two', () => {
    alarm.set(7);
    alarm.set(3);
    alarm.set(9);
    scheduler.flush();
    expect(rung).to.deep.equal([3]);
  });

  it('is silent once cleared', () => {
    alarm.set(7);
    alarm.set(Infinity);
    scheduler.flush();
    expect(rung).to.deep.equal([]);
  });

  it('never waits longer than a timer of the platform can', () => {
    alarm.set(2 ** 40);
    scheduler.flush();
    expect(rung).to.deep.equal([2 ** 31 - 1]);
  });

  it('rings at once for a time that has passed', () => {
    alarm.set(-5);
    scheduler.flush();
    expect(rung).to.deep.equal([0]);
  });
});
