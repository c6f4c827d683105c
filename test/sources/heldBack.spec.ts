import { expect } from 'chai';
import type { RootDuty } from '../../src/core/duty.ts';
import { HeldBack } from '../../src/sources/heldBack.ts';
import { TestSource } from '../../src/testing/testSource.ts';

const dutyOf = (source: TestSource): RootDuty => source.deliver('x').duty as RootDuty;

function holder() {
  const told = { times: 0, exhausted: () => void told.times++ };
  return told;
}

describe('HeldBack', () => {
  it('tells every holder once all is kept back, each once', () => {
    const source = new TestSource();
    const held = new HeldBack((count) => count === 2);
    const [first, second] = [holder(), holder()];
    held.hold(dutyOf(source), first);
    expect(first.times).equal(0);
    held.hold(dutyOf(source), second);
    expect([first.times, second.times]).deep.equal([1, 1]);
    held.check();
    expect([first.times, second.times]).deep.equal([1, 1]);
  });

  it('counts a duty once, until its last hold is let go', () => {
    let all = false;
    const held = new HeldBack((count) => all && count === 1);
    const duty = dutyOf(new TestSource());
    const told = holder();
    held.hold(duty, told);
    held.hold(duty, told);
    held.letGo(duty);
    all = true;
    held.check();
    expect(told.times).equal(1);
    held.hold(duty, told);
    expect(told.times).equal(2);
    held.letGo(duty);
    held.letGo(duty);
    held.letGo(duty);
    held.check();
    expect(told.times).equal(2);
  });

  it('forgets what has settled, and takes nothing that has', () => {
    const source = new TestSource();
    let all = false;
    const held = new HeldBack(() => all);
    const [first, second] = [holder(), holder()];
    const duty = dutyOf(source);
    held.hold(duty, first);
    duty.settle({ kind: 'ack' });
    held.settled(duty);
    held.letGo(duty);
    all = true;
    held.hold(duty, second);
    held.check();
    expect([first.times, second.times]).deep.equal([0, 0]);
  });

  it('looks again when asked to', () => {
    let all = false;
    const held = new HeldBack(() => all);
    const told = holder();
    held.check();
    held.hold(dutyOf(new TestSource()), told);
    all = true;
    held.check();
    expect(told.times).equal(1);
  });
});
