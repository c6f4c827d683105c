import { expect } from 'chai';
import { asyncScheduler, interval } from 'rxjs';
import { VirtualTime } from './virtualTime.ts';

describe('VirtualTime', () => {
  it('lets a timer clear another that is due at the same time', () => {
    const ran: string[] = [];
    new VirtualTime().run(({ flush }) => {
      const ticking = interval(1).subscribe((tick) => {
        ran.push(`tick ${tick}`);
        if (tick === 0) return;
        ticking.unsubscribe();
        other.unsubscribe();
      });
      const other = asyncScheduler.schedule(() => ran.push('other'), 2);
      asyncScheduler.schedule(() => ran.push('after'), 3);
      flush();
    });
    expect(ran).to.deep.equal(['tick 0', 'tick 1', 'after']);
  });

  it('hands on what its timers throw', () => {
    const run = () =>
      new VirtualTime().run(({ flush }) => {
        asyncScheduler.schedule(() => {
          throw new RangeError('of the timer');
        }, 1);
        flush();
      });
    expect(run).to.throw(RangeError, 'of the timer');
  });
});
