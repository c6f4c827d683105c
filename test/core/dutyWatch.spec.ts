import { expect } from 'chai';
import { BatchDuty, type Duty, RootDuty } from '../../src/core/duty.ts';
import { ACK, RELEASE, type Verdict } from '../../src/core/outcome.ts';
import { TestSource } from '../../src/testing/testSource.ts';

describe('Duty.watch, RootDuty.tally', () => {
  let events: string[];
  let root: RootDuty;

  beforeEach(() => {
    events = [];
    const source = new TestSource();
    const { duty } = source.deliver('a');
    root = duty as RootDuty;
    const told = source.settle.bind(source);
    source.settle = (settled, verdict) => {
      told(settled, verdict);
      events.push(`source ${verdict.kind}`);
    };
  });

  function watch(duty: Duty, name: string): void {
    duty.watch({ settled: (verdict: Verdict) => events.push(`${name} ${verdict.kind}`) });
  }

  it('tells each watcher once, in order, before the source, and the tally after it', () => {
    watch(root, 'first');
    watch(root, 'second');
    root.tally = { settled: (duty, outcome) => events.push(`tally ${duty === root} ${outcome.kind}`) };
    root.settle(ACK);
    root.settle(RELEASE);
    expect(events).to.deep.equal(['first ack', 'second ack', 'source ack', 'tally true ack']);
  });

  it('tells the tally what the source made of the verdict', () => {
    root = new RootDuty({ ...root.origin, settle: () => RELEASE, flushed: () => root.origin.flushed() });
    root.tally = { settled: (_duty, outcome) => events.push(outcome.kind) };
    root.settle({ kind: 'fail', error: new Error('x') });
    expect(events).to.deep.equal(['release']);
  });

  it('does not tell who comes too late', () => {
    root.settle(ACK);
    watch(root, 'late');
    root.settle(ACK);
    expect(events).to.deep.equal(['source ack']);
  });

  it('tells the watcher of a share when the share settles, and when what it was split from does', () => {
    const [one, two] = root.split(2) as [Duty, Duty];
    watch(one, 'one');
    watch(two, 'two');
    one.settle(ACK);
    expect(events).to.deep.equal(['one ack']);
    root.settle(RELEASE);
    expect(events).to.deep.equal(['one ack', 'one release', 'two release', 'source release']);
  });

  it('tells the watcher of a batch, then those of its members', () => {
    const batch = new BatchDuty([root]);
    watch(root, 'member');
    watch(batch, 'batch');
    batch.settle(ACK);
    expect(events).to.deep.equal(['batch ack', 'member ack', 'source ack']);
  });
});
