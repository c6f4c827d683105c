import { expect } from 'chai';
import { Recorder } from '../../../src/cli/bench/measuring/recorder.ts';
import { Progress } from '../../../src/cli/bench/progress.ts';

class FakeScreen {
  readonly written: string[] = [];

  constructor(readonly isTTY?: boolean) {}

  write(text: string): void {
    this.written.push(text);
  }
}

function point(atMs: number) {
  const recorder = new Recorder();
  recorder.countHandled(2.5);
  return recorder.sample(atMs, { heapUsed: 0, rss: 0 });
}

describe('Progress', () => {
  it('writes one line over and over on a terminal, and takes it away', () => {
    const screen = new FakeScreen(true);
    const progress = new Progress(screen, () => 0);
    progress.watch('load', 5_000)(point(500));
    progress.clear();
    progress.clear();
    const clear = '\r\u001b[2K';
    expect(screen.written).to.deep.equal([
      `${clear}load`,
      `${clear}load · 0.5 s of 5.0 s · 2 msg/s · p99 2.50 ms`,
      clear,
    ]);
  });

  it('writes plain lines elsewhere: the title once, and how it goes every ten seconds', () => {
    const screen = new FakeScreen();
    let now = 0;
    const progress = new Progress(screen, () => now);
    const told = progress.watch('soak', 60_000);
    for (now = 1_000; now <= 21_000; now += 1_000) told(point(now));
    progress.clear();
    expect(screen.written.map((line) => line.split(' · ').slice(0, 2).join(' · '))).to.deep.equal([
      'soak\n',
      'soak · 1.0 s of 60 s',
      'soak · 11 s of 60 s',
      'soak · 21 s of 60 s',
    ]);
  });

  it('does not repeat the title of what is short', () => {
    const screen = new FakeScreen();
    const progress = new Progress(screen, () => 0);
    for (let i = 0; i < 3; i++) progress.watch('cost', 1_000)(point(500));
    expect(screen.written).to.deep.equal(['cost\n']);
  });
});
