import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { idleTimer } from '../../src/internal/idleTimer.ts';
import { activeResources } from '../support/activeResources.ts';
import { TestProcess } from '../support/testProcess.ts';

describe('idleTimer', () => {
  it('emits once after its time, by the scheduler', () => {
    new TestScheduler((actual, expected) => void expect(actual).to.deep.equal(expected)).run(({ expectObservable }) => {
      expectObservable(idleTimer(5, asyncScheduler)).toBe('5ms (a|)', { a: undefined });
    });
  });

  it('keeps no process alive, and leaves nothing when it is unsubscribed', () => {
    const before = activeResources();
    const waiting = idleTimer(60_000, asyncScheduler).subscribe();
    expect(activeResources()).to.deep.equal(before);
    waiting.unsubscribe();
  });

  it('so a process with a bus that nobody closes ends by itself', async () => {
    await using child = new TestProcess('leftOpen');
    await child.end();
  });
});
